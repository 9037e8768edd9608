import { untilAborted } from '../core/abort.js';
import { checkOptions, checkSignal, checkString, shown } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { OneAtATime } from '../core/one-at-a-time.js';
import { changeOwnDetails, type OwnChange } from '../native/own-details.js';
import type { RtcSession } from '../native/rtc-session.js';
import { checkedAttributes } from './data-options.js';
import type { Participant } from './participant.js';

/** How one's own details are set. */
export interface SetOptions {
  /** Gives up waiting: the caller gets the signal's reason. The change may come about all the same. */
  readonly signal?: AbortSignal;
}

/** More would break the signalling connection; servers take less, and say so. */
const MAX_BYTES = 1_048_576;

/** How long an accepted change may take to be told of. It's a matter of milliseconds. */
const TOLD_MS = 5_000;

/**
 * Sets our own metadata, name and attributes, one after the other: a request also has the other details,
 * as they were when it was made, so that two at a time would undo each other.
 */
export class OwnDetails {
  readonly #session: RtcSession;
  readonly #me: Participant;
  readonly #requests = new OneAtATime();

  constructor(session: RtcSession, me: Participant) {
    this.#session = session;
    this.#me = me;
  }

  /** See {@link LocalParticipant.setMetadata}. */
  async setMetadata(metadata: string, options: SetOptions = {}): Promise<void> {
    checkText(metadata, 'metadata');
    await this.#set({ metadata }, () => this.#me.metadata === metadata, options);
  }

  /** See {@link LocalParticipant.setName}. */
  async setName(name: string, options: SetOptions = {}): Promise<void> {
    checkText(name, 'name');
    await this.#set({ name }, () => this.#me.name === name, options);
  }

  /** See {@link LocalParticipant.setAttributes}. */
  async setAttributes(
    changes: Readonly<Record<string, string>>,
    options: SetOptions = {},
  ): Promise<void> {
    const attributes = checkedOwnAttributes(changes, 'changes');
    const done = (): boolean => {
      const now = this.#me.attributes;
      return Object.entries(attributes).every(([key, value]) => (now[key] ?? '') === value);
    };
    await this.#set({ attributes }, done, options);
  }

  async #set(change: OwnChange, done: () => boolean, options: SetOptions): Promise<void> {
    checkOptions(options, 'options');
    const { signal } = options;
    checkSignal(signal, 'options.signal');
    signal?.throwIfAborted();
    this.#check();
    // The next one waits for this one, also if its caller no longer does.
    const set = this.#requests.run(async () => {
      signal?.throwIfAborted();
      this.#check();
      await this.#ask(change, done);
    });
    await untilAborted(set, signal);
  }

  async #ask(change: OwnChange, done: () => boolean): Promise<void> {
    // Of what is so already nobody would tell.
    if (done()) return;
    const undo: (() => void)[] = [];
    const told = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (done()) resolve();
      };
      for (const event of ['metadataChanged', 'nameChanged', 'attributesChanged'] as const) {
        undo.push(this.#me.on(event, look));
      }
      undo.push(
        this.#session.onEnd(() => {
          reject(notConnected());
        }),
      );
    });
    try {
      // The native side misses one answer in 150: so what counts is that the server tells of the change.
      const first = await Promise.race([
        told.then(() => 'told' as const),
        changeOwnDetails(this.#session, change).then(() => 'answered' as const),
      ]);
      if (first === 'told') return;
      const accepted = new Promise<void>((resolve) => {
        // The server has changed it. Somebody else may have changed it again before we heard of it.
        const timer = setTimeout(resolve, TOLD_MS);
        undo.push(() => {
          clearTimeout(timer);
        });
      });
      await Promise.race([told, accepted]);
    } finally {
      for (const one of undo) one();
    }
  }

  #check(): void {
    if (!this.#session.isConnected()) throw notConnected();
    if (this.#me.permissions?.canUpdateMetadata === false) {
      throw new FramewireError(
        'forbidden',
        'The token does not allow to change our own metadata, name and attributes: canUpdateOwnMetadata is not granted.',
      );
    }
  }
}

/** A copy. @throws TypeError or RangeError if `changes` are not attributes that can be set. */
export function checkedOwnAttributes(changes: unknown, name: string): Record<string, string> {
  const attributes = checkedAttributes(changes, name);
  let bytes = 0;
  for (const [key, value] of Object.entries(attributes)) {
    checkUnicode(key, `A key of ${name}`);
    checkUnicode(value, `${name}[${shown(key)}]`);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_BYTES) {
    throw new RangeError(`${name} must be at most ${MAX_BYTES} bytes, got ${bytes}.`);
  }
  return attributes;
}

/** @throws TypeError or RangeError if `text` can't be set. LiveKit's server ignores an empty one. */
function checkText(text: unknown, name: string): void {
  checkString(text, name);
  checkUnicode(text, name);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    throw new RangeError(`${name} must be at most ${MAX_BYTES} bytes, got ${bytes}.`);
  }
}

/** Half a pair would arrive as another character. */
function checkUnicode(text: string, name: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new RangeError(`${name} must be well-formed Unicode, got ${shown(text)}.`);
  }
}
