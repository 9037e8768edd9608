import { messageOf } from '../../core/errors.js';
import { Room } from '../../room/room.js';
import type { ViewerChecks } from './checks.js';
import type { Guests } from './guests.js';
import type { HopMeter } from './hop-meter.js';
import { LoadMeter } from './load-meter.js';
import type {
  ChildMessage,
  DemoInputs,
  DemoRecording,
  HopName,
  ParentMessage,
  RoleFigures,
  RoleName,
} from './protocol.js';

/** What a role is given. */
export interface RoleContext {
  /** Joined under the role's name; left by whoever gave it. */
  readonly room: Room;
  /** The devices that the painter publishes. */
  readonly inputs: DemoInputs;
  /** The file that the viewer records to. */
  readonly record: string | undefined;
  /** Aborts when the role is to end. */
  readonly signal: AbortSignal;
}

/** A role at work. */
export interface RoleRun {
  /** Settles when the role has ended, which leaving the room brings about. */
  readonly done: Promise<unknown>;
  readonly meters: Partial<Record<HopName, HopMeter>>;
  /** What was published, to be closed once the room is left. */
  readonly sources?: readonly Disposable[];
  readonly checks?: ViewerChecks;
  readonly guests?: Guests;
  /** Saves what is seen. */
  readonly snapshot?: (file: string) => Promise<void>;
  /** Ends the recording, if there is one. */
  readonly finishRecording?: () => Promise<DemoRecording | undefined>;
}

const FIGURES_EVERY_MS = 1_000;
/** How long leaving may take once there is nobody to wait for. */
const ORPHAN_TIMEOUT_MS = 2_000;

/** What each role loads is loaded by its own process alone. */
const START: Readonly<Record<RoleName, (context: RoleContext) => Promise<RoleRun>>> = {
  painter: async (context) => (await import('./painter.js')).paint(context),
  agent: async (context) => (await import('./agent.js')).process(context),
  viewer: async (context) => (await import('./viewer.js')).view(context),
};

/** Plays one role in a process that the demo has forked, until the demo says stop, or is gone. */
export async function runRole(name: RoleName): Promise<void> {
  if (!process.send) throw new Error("This is a part of 'framewire demo', which starts it itself.");
  const stop = new AbortController();
  // Ctrl-C goes to every process of the terminal; the parent says when to stop.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), ORPHAN_TIMEOUT_MS).unref();
    stop.abort();
  });
  const role = new Role(name, stop.signal);
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'stop') stop.abort();
    else void role.handle(message);
  });
  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  await role.close();
  if (process.connected) process.disconnect();
}

class Role {
  readonly #name: RoleName;
  readonly #signal: AbortSignal;
  readonly #room = new Room();
  #run: RoleRun | undefined;
  #totalLoad = new LoadMeter();
  #recentLoad = new LoadMeter();
  #timer: NodeJS.Timeout | undefined;

  constructor(name: RoleName, signal: AbortSignal) {
    this.#name = name;
    this.#signal = signal;
  }

  async handle(message: Exclude<ParentMessage, { readonly type: 'stop' }>): Promise<void> {
    try {
      if (message.type === 'start') await this.#start(message);
      else if (message.type === 'measure') await this.#measure();
      else await this.#finish(message.snapshot);
    } catch (error) {
      this.#fail(error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#totalLoad[Symbol.dispose]();
    this.#recentLoad[Symbol.dispose]();
    await this.#room.disconnect();
    await this.#run?.done.catch(() => {
      // Sent as a failure already, or the end that was asked for.
    });
    for (const source of this.#run?.sources ?? []) source[Symbol.dispose]();
  }

  async #start({
    url,
    token,
    inputs,
    record,
  }: Extract<ParentMessage, { readonly type: 'start' }>): Promise<void> {
    this.#room.on('disconnected', (reason) => {
      this.#fail(new Error(`the server ended the connection (${reason})`));
    });
    // Each role says what it wants.
    await this.#room.connect(url, token, { autoSubscribe: false, signal: this.#signal });
    this.#run = await START[this.#name]({
      room: this.#room,
      inputs,
      record,
      signal: this.#signal,
    });
    this.#run.done.catch((error: unknown) => {
      this.#fail(error);
    });
    this.#timer = setInterval(() => {
      this.#figures().then(
        (figures) => {
          send({ type: 'figures', ...figures });
        },
        (error: unknown) => {
          this.#fail(error);
        },
      );
    }, FIGURES_EVERY_MS);
  }

  async #measure(): Promise<void> {
    this.#totalLoad[Symbol.dispose]();
    this.#totalLoad = new LoadMeter();
    this.#run?.checks?.begin();
    await Promise.all(Object.values(this.#run?.meters ?? {}).map((meter) => meter.begin()));
  }

  async #finish(file: string | undefined): Promise<void> {
    clearInterval(this.#timer);
    // First the figures: encoding a picture as a PNG is not what is measured.
    const { total } = await this.#figures();
    let snapshot: string | undefined;
    let snapshotError: string | undefined;
    if (file !== undefined && this.#name === 'viewer') {
      try {
        if (!this.#run?.snapshot) throw new Error('no picture of the agent came');
        await this.#run.snapshot(file);
        snapshot = file;
      } catch (error) {
        snapshotError = messageOf(error);
      }
    }
    let recording: DemoRecording | undefined;
    let recordingError: string | undefined;
    try {
      recording = await this.#run?.finishRecording?.();
    } catch (error) {
      recordingError = messageOf(error);
    }
    send({ type: 'finished', total, snapshot, snapshotError, recording, recordingError });
  }

  async #figures(): Promise<{ readonly recent: RoleFigures; readonly total: RoleFigures }> {
    const hops = { recent: {}, total: {} } as Record<'recent' | 'total', RoleFigures['hops']>;
    for (const [hop, meter] of Object.entries(this.#run?.meters ?? {})) {
      const figures = await meter.figures();
      hops.recent[hop as HopName] = figures.recent;
      hops.total[hop as HopName] = figures.total;
    }
    const checks = this.#run?.checks && { checks: this.#run.checks.figures };
    const guests = await this.#run?.guests?.figures();
    const recent = {
      load: this.#recentLoad.figures,
      hops: hops.recent,
      ...checks,
      ...(guests && { guests }),
    };
    this.#recentLoad[Symbol.dispose]();
    this.#recentLoad = new LoadMeter();
    return { recent, total: { load: this.#totalLoad.figures, hops: hops.total, ...checks } };
  }

  #fail(error: unknown): void {
    if (!this.#signal.aborted) send({ type: 'failed', message: messageOf(error) });
  }
}

function send(message: ChildMessage): void {
  // A parent that is gone is told of by 'disconnect'.
  process.send?.(message, () => undefined);
}
