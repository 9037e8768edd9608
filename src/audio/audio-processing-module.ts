import { checkBoolean, checkInteger, checkOptions } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import {
  newAudioProcessing,
  processAudioBlock,
  setProcessingDelay,
} from '../native/audio-processing.js';
import type { OwnedHandle } from '../native/owned-handle.js';
import { AudioFrame, checkAudioFrame } from './audio-frame.js';
import { BlockCutter } from './block-cutter.js';

/** What an {@link AudioProcessingModule} does. Default of each: `false`. */
export interface AudioProcessingOptions {
  /** Takes out of the microphone what {@link AudioProcessingModule.processReverseStream} is given. */
  readonly echoCancellation?: boolean;
  /** Lowers steady noise by about 15 dB, a steady tone too. */
  readonly noiseSuppression?: boolean;
  /** Brings speech to one level, by up to some 25 dB; what isn't speech stays as it is. */
  readonly autoGainControl?: boolean;
  /** Takes out what is below the voice: an offset, hum, steps on the floor. */
  readonly highPassFilter?: boolean;
}

/** One direction's samples on their way to blocks of 10 ms. */
interface Lane {
  readonly sampleRate: number;
  readonly channels: number;
  readonly cutter: BlockCutter;
}

const MIN_RATE = 8_000;
const BLOCKS_PER_SECOND = 100;
const MAX_DELAY_MS = 500;

/**
 * WebRTC's audio processing: echo cancellation, noise suppression, automatic gain control and a
 * high-pass filter, for a microphone, a recording or a remote track.
 *
 * Frames may have any length, any number of channels and any sample rate from 8,000 on that is a
 * multiple of 100 (22,050 and 11,025 aren't: an {@link AudioResampler} helps), each call another: where the
 * form changes, processing begins afresh. WebRTC works at 48 kHz at most, so that nothing above
 * 24 kHz is left where something is switched on.
 *
 * Work is done at once, on the calling thread: about 0.1 ms for 10 ms of mono with everything on.
 *
 * **Latency.** WebRTC's own: 0 to 1 ms for the high-pass filter, 7 for noise suppression, 5 for
 * echo cancellation, 11 for all. And 10 ms more from the first frame on whose length is not a multiple of
 * 10 ms, see {@link AudioProcessingModule.latencyMs}.
 *
 * @example
 * ```ts
 * using apm = new AudioProcessingModule({ noiseSuppression: true, highPassFilter: true });
 * for await (const frame of new AudioStream(track)) {
 *   await source.captureFrame(apm.processStream(frame));
 * }
 * ```
 */
export class AudioProcessingModule implements Disposable {
  /** Whether echo is cancelled. */
  readonly echoCancellation: boolean;
  /** Whether noise is suppressed. */
  readonly noiseSuppression: boolean;
  /** Whether speech is brought to one level. */
  readonly autoGainControl: boolean;
  /** Whether what is below the voice is taken out. */
  readonly highPassFilter: boolean;
  readonly #native: OwnedHandle;
  #forward: Lane | undefined;
  #reverse: Lane | undefined;
  #delayMs: number | undefined;

  /**
   * @throws TypeError if an option has the wrong type.
   * @throws FramewireError `unsupported` with another version of the binding than the one needed.
   */
  constructor(options: AudioProcessingOptions = {}) {
    checkOptions(options, 'options');
    const {
      echoCancellation = false,
      noiseSuppression = false,
      autoGainControl = false,
      highPassFilter = false,
    } = options;
    checkBoolean(echoCancellation, 'options.echoCancellation');
    checkBoolean(noiseSuppression, 'options.noiseSuppression');
    checkBoolean(autoGainControl, 'options.autoGainControl');
    checkBoolean(highPassFilter, 'options.highPassFilter');
    this.echoCancellation = echoCancellation;
    this.noiseSuppression = noiseSuppression;
    this.autoGainControl = autoGainControl;
    this.highPassFilter = highPassFilter;
    this.#native = newAudioProcessing(this);
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#native.closed;
  }

  /**
   * How much later than it went in sound comes out of {@link AudioProcessingModule.processStream}, besides WebRTC's
   * own latency: 0, or 10 from the first frame on whose length is not a multiple of 10 ms, until the
   * sample rate or the channels change.
   */
  get latencyMs(): number {
    return this.#forward?.cutter.delayed ? 1000 / BLOCKS_PER_SECOND : 0;
  }

  /**
   * Processes what the microphone heard, in place: the frame's samples are replaced by as many
   * processed ones.
   *
   * Borrows the frame, which stays the caller's.
   *
   * @returns The frame; or, where there is a {@link AudioProcessingModule.latencyMs}, another over the same
   * samples, whose time stamp is that much earlier (but not below 0), as the sound in it is.
   * @throws TypeError if `frame` is not an AudioFrame.
   * @throws RangeError if its sample rate is not a multiple of 100 from 8,000 on.
   * @throws FramewireError `closed` if the module or the frame is closed, `invalid-state` if the frame's
   * memory was transferred.
   */
  processStream(frame: AudioFrame): AudioFrame {
    const data = this.#check(frame);
    const { sampleRate, channels, timestampUs } = frame;
    this.#forward = this.#lane('forward', this.#forward, frame);
    this.#forward.cutter.replace(data);
    const { latencyMs } = this;
    if (latencyMs === 0) return frame;
    const earlierUs = Math.max(0, timestampUs - latencyMs * 1000);
    return new AudioFrame(data, { sampleRate, channels, timestampUs: earlierUs });
  }

  /**
   * Listens to what the speaker will play, so that its echo is found in what the microphone hears. Call
   * it before {@link AudioProcessingModule.processStream} with what was heard at that time.
   *
   * Borrows the frame and leaves it as it is. It may have another form than the microphone's.
   *
   * @throws As {@link AudioProcessingModule.processStream}.
   */
  processReverseStream(frame: AudioFrame): void {
    const data = this.#check(frame);
    this.#reverse = this.#lane('reverse', this.#reverse, frame);
    this.#reverse.cutter.feed(data);
  }

  /**
   * Says how long it takes from {@link AudioProcessingModule.processReverseStream} until the echo of that sound
   * is given to {@link AudioProcessingModule.processStream}. A hint: the canceller also looks for itself.
   *
   * @param delayMs - An integer from 0 to 500.
   * @throws TypeError or RangeError if it's not.
   * @throws FramewireError `closed` if the module is closed.
   */
  setStreamDelayMs(delayMs: number): void {
    checkInteger(delayMs, 'delayMs', { min: 0, max: MAX_DELAY_MS });
    this.#checkOpen();
    this.#delayMs = delayMs;
  }

  /** Frees what is native. Safe to call twice. */
  close(): void {
    this.#native.close();
    this.#forward = undefined;
    this.#reverse = undefined;
  }

  /** Calls {@link AudioProcessingModule.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The frame's samples, if native can be given its form. */
  #check(frame: unknown): Int16Array {
    checkAudioFrame(frame, 'frame');
    this.#checkOpen();
    const { sampleRate } = frame;
    if (sampleRate < MIN_RATE || sampleRate % BLOCKS_PER_SECOND !== 0) {
      throw new RangeError(
        `frame.sampleRate must be a multiple of ${BLOCKS_PER_SECOND} of at least ${MIN_RATE}, ` +
          `got ${sampleRate}. An AudioResampler brings it there.`,
      );
    }
    return frame.data;
  }

  #lane(direction: 'forward' | 'reverse', lane: Lane | undefined, frame: AudioFrame): Lane {
    const { sampleRate, channels } = frame;
    if (lane?.sampleRate === sampleRate && lane.channels === channels) return lane;
    const cutter = new BlockCutter((sampleRate / BLOCKS_PER_SECOND) * channels, (data) => {
      // WebRTC forgets it with each block.
      if (direction === 'forward' && this.#delayMs !== undefined) {
        setProcessingDelay(this.#native, this.#delayMs);
      }
      processAudioBlock(this.#native, direction, { data, sampleRate, channels });
    });
    return { sampleRate, channels, cutter };
  }

  #checkOpen(): void {
    if (this.closed) {
      throw new FramewireError('closed', 'The audio processing module is closed.');
    }
  }
}
