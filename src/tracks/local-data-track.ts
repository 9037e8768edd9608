import { checkInteger, checkOptions, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { plainBytes } from '../core/own-bytes.js';
import type { DataFrameEncoding, DataSchema, NativeLocalDataTrack } from '../native/data-tracks.js';

/** The most bytes that a frame of a data track may have. */
export const MAX_DATA_FRAME_BYTES = 262_144;

/** What goes with a frame. */
export interface PushDataOptions {
  /** Whatever the receiver is to know of its time. Default: none. */
  readonly timestampUs?: number;
}

/** What a data track of ours has counted. */
export interface LocalDataTrackStats {
  /** Frames that were taken. */
  readonly pushed: number;
  /** Frames that were refused, since too many waited to be sent. */
  readonly refused: number;
}

/**
 * A data track of ours: quick and lossy, for what is soon out of date.
 *
 * @example
 * ```ts
 * await using track = await room.localParticipant.publishDataTrack({ name: 'pose' });
 * track.tryPush(Uint8Array.of(1, 2, 3));
 * ```
 */
export class LocalDataTrack implements AsyncDisposable {
  /** The server's id of it when it was published: after a full reconnect others see it under another. */
  readonly sid: string;
  /** What we called it. */
  readonly name: string;
  /** Whether its frames are encrypted end to end. */
  readonly encrypted: boolean;
  /** The schema that its frames follow, if we said so. */
  readonly schema: DataSchema | undefined;
  /** How its frames are written, if we said so. */
  readonly frameEncoding: DataFrameEncoding | undefined;
  readonly #native: NativeLocalDataTrack;
  readonly #forget: () => void;
  #pushed = 0;
  #refused = 0;
  #released = false;

  private constructor(native: NativeLocalDataTrack, forget: () => void) {
    const { sid, name, encrypted, schema, frameEncoding } = native.info;
    this.sid = sid;
    this.name = name;
    this.encrypted = encrypted;
    this.schema = schema;
    this.frameEncoding = frameEncoding;
    this.#native = native;
    this.#forget = forget;
  }

  /** @internal */
  static create(native: NativeLocalDataTrack, forget: () => void): LocalDataTrack {
    return new LocalDataTrack(native, forget);
  }

  /** Whether frames can be pushed. */
  get published(): boolean {
    return !this.#released && this.#native.isPublished();
  }

  /** What has been counted so far. */
  get stats(): LocalDataTrackStats {
    return { pushed: this.#pushed, refused: this.#refused };
  }

  /**
   * Sends a frame, of at least one byte, to those who subscribed. It never waits. The bytes are copied.
   *
   * A frame that was taken may still be lost on the way. Of several that are pushed at once most are (of 50, 6
   * arrived), at a steady 100 a second none; of frames with 100,000 bytes, at 16 a second, hardly one, with 200,000 one
   * in ten.
   *
   * @returns Whether it was taken; `false` if too many wait to be sent.
   * @throws TypeError or RangeError if an argument is not as it must be.
   * @throws FramewireError `closed` if the track is no longer published.
   */
  tryPush(payload: Uint8Array, options: PushDataOptions = {}): boolean {
    const bytes = checkedPayload(payload);
    checkOptions(options, 'options');
    const { timestampUs } = options;
    if (timestampUs !== undefined) checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
    const pushed = this.#released
      ? 'unpublished'
      : this.#native.push({ payload: bytes, userTimestamp: timestampUs });
    if (pushed === 'unpublished') {
      throw new FramewireError('closed', `The data track ${shown(this.name)} is not published.`);
    }
    if (pushed === 'taken') this.#pushed += 1;
    else this.#refused += 1;
    return pushed === 'taken';
  }

  /** Takes it back: streams of it end. Safe to call twice, and after leaving. */
  unpublish(): Promise<void> {
    this.#release(true);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unpublish();
  }

  /** @internal We left the room. */
  roomLeft(): void {
    this.#release(false);
  }

  #release(unpublish: boolean): void {
    if (this.#released) return;
    this.#released = true;
    this.#forget();
    this.#native.release(unpublish);
  }
}

function checkedPayload(payload: unknown): Uint8Array {
  const bytes = plainBytes(payload, 'payload');
  // One without bytes never arrives.
  const { byteLength } = bytes;
  if (byteLength >= 1 && byteLength <= MAX_DATA_FRAME_BYTES) return bytes;
  throw new RangeError(`payload must have 1 to ${MAX_DATA_FRAME_BYTES} bytes, got ${byteLength}.`);
}
