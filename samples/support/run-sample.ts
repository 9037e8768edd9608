import { AccessToken, FramewireError } from 'framewire';
import { startLiveKitServer } from 'framewire/server';
import { Audience } from './audience.js';
import {
  type CommandLine,
  type FlagDefaults,
  type FlagValues,
  helpText,
  type NamedServer,
  readCommandLine,
  UsageError,
} from './flags.js';
import { type Place, TestPattern } from './test-pattern.js';

/** What a sample gets to work with. */
export interface Session<Defaults extends FlagDefaults> extends NamedServer {
  readonly roomName: string;
  /** Aborts when `--seconds` are over, and at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Resolves when `signal` aborts. */
  readonly ended: Promise<void>;
  /** What the sample's own options are. */
  readonly flags: FlagValues<Defaults>;
  /** A token with which `identity` may join the room. */
  readonly token: (identity: string) => Promise<string>;
}

/** Somebody who is in the room besides the sample, until disposed of. */
export type Guest = AsyncDisposable;

/** What a sample needs. */
export interface SampleNeeds<Defaults extends FlagDefaults> {
  /** Options of the sample's own, with what they are if not given. */
  readonly flags?: Defaults;
  /**
   * Who is in the room besides the sample, so that it can be run alone: one who publishes a test
   * pattern and a tone, one who watches and says what it saw, or whom the function lets in. On a server
   * that the user names nobody is: others are there, or come.
   */
  readonly company?: 'test-pattern' | 'audience' | 'both' | ((place: Place) => Promise<Guest>);
}

/** Runs a sample with a server, a room with somebody in it, and an end. */
export function runSample<const Defaults extends FlagDefaults>(
  needs: SampleNeeds<Defaults>,
  sample: (session: Session<Defaults>) => Promise<void>,
): void {
  const defaults = needs.flags ?? ({} as Defaults);
  try {
    const line = readCommandLine(process.argv.slice(2), defaults);
    if (!line) {
      console.log(helpText(defaults));
      return;
    }
    run(line, needs, sample).catch((error: unknown) => {
      console.error(error instanceof FramewireError ? `${error.code}: ${error.message}` : error);
      process.exitCode = 1;
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${helpText(defaults)}`);
    process.exitCode = 2;
  }
}

async function run<Defaults extends FlagDefaults>(
  { server: named, roomName, seconds, flags }: CommandLine<Defaults>,
  { company }: SampleNeeds<Defaults>,
  sample: (session: Session<Defaults>) => Promise<void>,
): Promise<void> {
  using end = new End();
  const { signal, ended } = end;
  try {
    await using started = named ? undefined : await startLiveKitServer({ signal });
    const { url, apiKey, apiSecret } = named ?? started ?? unreachable();
    const token = (identity: string): Promise<string> => {
      const grant = new AccessToken(apiKey, apiSecret, { identity });
      grant.addGrant({ roomJoin: true, room: roomName });
      return grant.toJwt();
    };
    console.log(`${started ? 'Started' : 'Using'} ${url}, room '${roomName}'.`);
    const guests: Guest[] = [];
    try {
      const place = { url, token, signal };
      const wanted = started ? company : undefined;
      if (wanted === 'audience' || wanted === 'both') guests.push(await Audience.join(place));
      if (wanted === 'test-pattern' || wanted === 'both') {
        guests.push(await TestPattern.publish(place));
      }
      if (typeof wanted === 'function') guests.push(await wanted(place));
      end.after(seconds);
      await sample({ url, apiKey, apiSecret, roomName, signal, ended, flags, token });
    } finally {
      for (const guest of guests) await guest[Symbol.asyncDispose]();
    }
  } catch (error) {
    // What waited for something gave up, as it was told to.
    if (error !== signal.reason) throw error;
    console.log(signal.reason instanceof Error ? signal.reason.message : signal.reason);
  }
}

/** When a sample is to end: after its time, or when it's told to by a signal of the system's. */
class End implements Disposable {
  readonly signal: AbortSignal;
  readonly ended: Promise<void>;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const { signal } = this.#controller;
    this.signal = signal;
    this.ended = new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // Once: the second Ctrl-C ends a sample that doesn't end.
    process.once('SIGINT', this.#onSystemSignal);
    process.once('SIGTERM', this.#onSystemSignal);
  }

  after(seconds: number): void {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`The ${seconds} s are over.`));
    }, seconds * 1000);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    process.off('SIGINT', this.#onSystemSignal);
    process.off('SIGTERM', this.#onSystemSignal);
  }

  readonly #onSystemSignal = (): void => {
    this.#controller.abort(new Error('Interrupted.'));
  };
}

function unreachable(): never {
  throw new Error('There is a named server or one that was started.');
}
