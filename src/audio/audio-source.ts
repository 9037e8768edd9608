import { untilAborted } from '../core/abort.js';
import { checkInteger, checkOptions } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import {
  captureAudioFrame,
  clearAudioBuffer,
  newAudioSource,
  newAudioTrack,
} from '../native/audio-requests.js';
import { ffi } from '../native/ffi-client.js';
import { MediaSource } from '../native/media-source.js';
import { checkAudioFormat } from './audio-format.js';
import { AudioFrame, checkAudioFrame } from './audio-frame.js';

/** How an {@link AudioSource} is made. */
export interface AudioSourceOptions {
  /** Samples a second: 8,000, 12,000, 16,000, 24,000, 32,000, 44,100, 48,000 or 96,000. */
  readonly sampleRate: number;
  /** 1 or 2. */
  readonly channels: number;
  /** Audio that is taken ahead of its time, 1 to 100,000 ms. Default 1,000. */
  readonly queueMs?: number;
}

/** Audio that waits for the native queue to have room. */
interface Waiting {
  readonly data: Int16Array;
  /** Samples of all channels that the native side has taken already. */
  taken: number;
  /** Gets when all of it will have been played, on the monotonic clock. */
  readonly resolve: (playedUs: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Where the samples of a local audio track come from: your code. They are played in real time, as a
 * sound card would.
 *
 * A source costs about 0.1 % of a core, silent or not, until it's closed or collected.
 *
 * @example
 * ```ts
 * const voice = new AudioSource({ sampleRate: 48_000, channels: 1 });
 * await room.localParticipant.publishTrack(LocalAudioTrack.create('voice', voice));
 * for (const frame of speech) await voice.captureFrame(frame);
 * await voice.waitForPlayout();
 * ```
 */
export class AudioSource extends MediaSource {
  readonly sampleRate: number;
  readonly channels: number;
  readonly queueMs: number;
  readonly #closing = new AbortController();
  readonly #waiting: Waiting[] = [];
  /** Ends the waits for playout, which then look again. */
  readonly #wakeups = new Set<() => void>();
  #pumping = false;
  /** When the newest capture will have been played, once the native side has taken it. */
  #newest: Promise<number> = Promise.resolve(0);
  #clears = 0;
  /** When all that the native side has taken will have been played, on the monotonic clock. */
  #playedUs = 0;
  /** Samples of a channel that the native side holds back, since it plays whole 10 ms only. */
  #heldBack = 0;

  /**
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range.
   */
  constructor(options: AudioSourceOptions) {
    checkOptions(options, 'options');
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
    const { sampleRate, channels, queueMs = 1000 } = options ?? {};
    checkAudioFormat(sampleRate, channels);
    checkInteger(queueMs, 'options.queueMs', { min: 1, max: 100_000 });
    // The native side ends the process at a queue that isn't a multiple of 10 ms.
    const nativeQueueMs = Math.ceil(queueMs / 10) * 10;
    super('audio', newAudioSource({ sampleRate, channels, queueMs: nativeQueueMs }));
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.queueMs = queueMs;
  }

  /** Audio that was captured and has not been played, in milliseconds. */
  get queuedMs(): number {
    const taken = Math.max(0, this.#playedUs - monotonicUs());
    return taken / 1000 + (this.#waitingSamples * 1000) / this.sampleRate;
  }

  /**
   * Queues a frame of any length behind those captured before. The samples are copied before this
   * returns its promise: the frame stays the caller's, who may reuse or close it.
   *
   * @returns A promise that resolves when there is room for more. Await it, or the queue grows.
   * @throws TypeError if `frame` is not an AudioFrame.
   * @throws RangeError if its rate or channels are not the source's.
   * @throws FramewireError `closed` if the source is closed, also while this waits, or the frame is.
   */
  async captureFrame(frame: AudioFrame): Promise<void> {
    checkAudioFrame(frame, 'frame');
    this.checkOpen();
    if (frame.sampleRate !== this.sampleRate) {
      throw new RangeError(
        `frame.sampleRate must be ${this.sampleRate} as its source's, got ${frame.sampleRate}.`,
      );
    }
    if (frame.channels !== this.channels) {
      throw new RangeError(
        `frame.channels must be ${this.channels} as its source's, got ${frame.channels}.`,
      );
    }
    await this.#queue(new Int16Array(frame.data));
  }

  /** Drops what is queued. Captures that wait resolve, since there is room again. */
  clearQueue(): void {
    this.checkOpen();
    clearAudioBuffer(this.handle);
    this.#clears += 1;
    this.#playedUs = 0;
    this.#heldBack = 0;
    for (const { resolve } of this.#waiting.splice(0)) resolve(0);
    this.#wake();
  }

  /**
   * Resolves when everything captured so far has been played, to the last sample, or was cleared.
   *
   * @throws FramewireError `closed` if the source is closed first.
   */
  async waitForPlayout(): Promise<void> {
    this.checkOpen();
    const block = this.sampleRate / 100;
    const incomplete = (this.#heldBack + this.#waitingSamples) % block;
    if (incomplete > 0) {
      // The native side would hold it back until more comes.
      this.#queue(new Int16Array((block - incomplete) * this.channels)).catch(() => {
        // Closed meanwhile, which this call says itself.
      });
    }
    const clears = this.#clears;
    const untilUs = await this.#newest;
    this.#closing.signal.throwIfAborted();
    while (monotonicUs() < untilUs && this.#clears === clears) {
      await this.#delay((untilUs - monotonicUs()) / 1000);
      this.#closing.signal.throwIfAborted();
    }
  }

  /** Frees the source, and rejects what waits. The tracks made of it end. Safe to call twice. */
  override close(): void {
    if (this.closed) return;
    this.#closing.abort(this.closedError());
    for (const { reject } of this.#waiting.splice(0)) reject(this.closedError());
    this.#wake();
    super.close();
  }

  /** @internal */
  protected override newTrack(name: string): number {
    return newAudioTrack(name, this.handle);
  }

  /** Samples of a channel that the native side has not taken yet. */
  get #waitingSamples(): number {
    let samples = 0;
    for (const { data, taken } of this.#waiting) samples += data.length - taken;
    return samples / this.channels;
  }

  #queue(data: Int16Array): Promise<number> {
    const played = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ data, taken: 0, resolve, reject });
      void this.#pump();
    });
    // Whoever captured it is told why it failed.
    this.#newest = played.catch(() => 0);
    return played;
  }

  /** Hands what waits to the native side, one piece at a time: it fails a second one in flight. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    await ffi().whenReady();
    const release = ffi().lease();
    for (let [item] = this.#waiting; item !== undefined; [item] = this.#waiting) {
      try {
        await this.#hand(item);
        if (item.taken < item.data.length || this.#waiting[0] !== item) continue;
        this.#waiting.shift();
        item.resolve(this.#playedUs);
      } catch (error) {
        // Rejected already if the source was closed.
        if (this.#waiting[0] === item) this.#waiting.shift();
        item.reject(error as Error);
      }
    }
    release();
    this.#pumping = false;
  }

  /** Hands over the next piece of an item; resolves when there is room for more. */
  async #hand(item: Waiting): Promise<void> {
    const { channels, sampleRate } = this;
    const most = Math.floor((sampleRate * PIECE_MS) / 1000) * channels;
    const data = item.data.subarray(item.taken, item.taken + most);
    const samples = data.length / channels;
    const taken = captureAudioFrame(this.handle, { data, sampleRate, channels });
    item.taken += data.length;
    this.#heldBack = (this.#heldBack + samples) % (sampleRate / 100);
    this.#playedUs = Math.max(this.#playedUs, monotonicUs()) + (samples * 1e6) / sampleRate;
    await untilAborted(taken, this.#closing.signal);
  }

  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#wakeups.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.max(1, ms));
      this.#wakeups.add(finish);
    });
  }

  #wake(): void {
    for (const wakeup of [...this.#wakeups]) wakeup();
  }
}

/** What is handed over at once: a cleared queue keeps no more than this of a long frame. */
const PIECE_MS = 100;
