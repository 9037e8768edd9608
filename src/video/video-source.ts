import { checkBoolean, checkInteger, checkOneOf, checkOptions, shown } from '../core/check.js';
import { monotonicUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { MediaSource } from '../native/media-source.js';
import { captureVideoFrame, newVideoSource, newVideoTrack } from '../native/video-requests.js';
import { captureMetadata, type MetadataCarrier } from './capture-metadata.js';
import { MAX_DIMENSION, type PixelFormat } from './pixel-format.js';
import { type FrameMetadata, ROTATIONS, VideoFrame, type VideoRotation } from './video-frame.js';

/** What a {@link VideoSource} does with a frame of another size than its own. */
export const RESIZES = ['reject', 'scale', 'follow'] as const;

/** One of {@link RESIZES}. */
export type ResizePolicy = (typeof RESIZES)[number];

/** How a {@link VideoSource} is made. */
export interface VideoSourceOptions {
  /** Width of the frames in pixels, at least {@link MIN_VIDEO_DIMENSION}. */
  readonly width: number;
  /** Height of the frames in pixels, at least {@link MIN_VIDEO_DIMENSION}. */
  readonly height: number;
  /** Text and drawings rather than camera pictures: the encoder favours sharpness. Default `false`. */
  readonly screencast?: boolean;
  /**
   * Frames of another size are refused with a RangeError, scaled, or, with `follow`, sent as they are, and
   * subscribers get them so; the bit rate and the sizes of simulcast stay those of `width` and `height`.
   * Default `reject`.
   */
  readonly onResize?: ResizePolicy;
}

/** What goes along with a captured frame. */
export interface CaptureFrameOptions {
  /**
   * When the frame is to be shown, in integer microseconds, each later than the one before. Default:
   * now. A source takes time stamps always or never.
   */
  readonly timestampUs?: number;
  /** Degrees that the picture must be turned clockwise to be upright. Default: the frame's. */
  readonly rotation?: VideoRotation;
  /**
   * What subscribers get as `frame.metadata`, where the track is published with `frameMetadata`. Default:
   * the frame's own `captureTimeUs` and `userData`, without that if it can't be sent; without a capture
   * time, now. The `frameId` is always the source's own count, modulo 2^32.
   *
   * `userData` has at most 232 bytes, all that arrives beside the other two. None at all is the same as an
   * array of length 0. Streams of a local track don't see any of it.
   */
  readonly metadata?: Omit<FrameMetadata, 'frameId'>;
}

/** The smallest that every codec carries: H.264 doesn't below this. */
export const MIN_VIDEO_DIMENSION = 16;

/**
 * Formats whose pixels LiveKit is given where they lie, and what it's told that they are: the first part of
 * I420A is I420. The others are converted to I420 first. NV12 ends the process when a stream reads the local
 * track, I010 does so anywhere; of I422 and I444, what remains after cropping has other colours, or lies
 * outside of the memory (all measured).
 */
const TAKEN_AS: { readonly [F in PixelFormat]?: PixelFormat } = {
  RGBA: 'RGBA',
  BGRA: 'BGRA',
  ARGB: 'ARGB',
  ABGR: 'ABGR',
  RGB24: 'RGB24',
  I420: 'I420',
  I420A: 'I420',
};

/**
 * Where the frames of a local video track come from: your code.
 *
 * WebRTC crops what is sent at the right and the bottom to multiples of 4: choose such sizes, or have
 * `onResize: 'scale'` make them.
 *
 * A source that is not published costs next to nothing and doesn't keep the process alive. Closing
 * it ends the tracks made of it.
 *
 * @example
 * ```ts
 * const source = new VideoSource({ width: 1280, height: 720 });
 * const track = LocalVideoTrack.create('camera', source);
 * await room.localParticipant.publishTrack(track);
 * source.captureFrame(frame);
 * ```
 */
export class VideoSource extends MediaSource {
  readonly width: number;
  readonly height: number;
  readonly screencast: boolean;
  readonly onResize: ResizePolicy;
  #frames = 0;
  #timestamps: 'undecided' | 'automatic' | 'callers' = 'undecided';
  #lastTimestampUs = -1;
  /** Where it's published, by track. */
  readonly #carriers = new Map<object, MetadataCarrier>();

  /**
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if a value is out of range.
   */
  constructor(options: VideoSourceOptions) {
    checkOptions(options, 'options');
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
    const { width, height, screencast = false, onResize = 'reject' } = options ?? {};
    const bounds = { min: MIN_VIDEO_DIMENSION, max: MAX_DIMENSION };
    checkInteger(width, 'options.width', bounds);
    checkInteger(height, 'options.height', bounds);
    checkBoolean(screencast, 'options.screencast');
    checkOneOf(onResize, 'options.onResize', RESIZES);
    super('video', newVideoSource({ width, height, screencast }));
    this.width = width;
    this.height = height;
    this.screencast = screencast;
    this.onResize = onResize;
    this.#silenceStartUp();
  }

  /** Frames captured so far, which is also the id of the next one. */
  get framesCaptured(): number {
    return this.#frames;
  }

  /**
   * Gives a frame to everybody who sees a track of this source. It returns when the pixels were read:
   * the frame stays the caller's, who may change, reuse or close it.
   *
   * @throws TypeError if an argument has the wrong type.
   * @throws RangeError if the frame has another size and `onResize` is `reject`, or `follow` and it's
   * smaller than {@link MIN_VIDEO_DIMENSION}; if `timestampUs` is not later than the one before; if user
   * data given in `options` is larger than 232 bytes or, where it's sent as h264, has the bytes 255, 255,
   * 254 in a row, with which the frame would be lost.
   * @throws FramewireError `closed` if the source or the frame is closed; `invalid-state` if
   * `timestampUs` is given on some frames and not on others, or user data is given and no track of this
   * source that is published sends it, as with h264 unless `frameMetadata` is `true`.
   */
  captureFrame(frame: VideoFrame, options: CaptureFrameOptions = {}): void {
    if (!(frame instanceof VideoFrame)) {
      throw new TypeError(`frame must be a VideoFrame, got ${shown(frame)}.`);
    }
    checkOptions(options, 'options');
    const { timestampUs, rotation = frame.rotation } = options;
    checkOneOf(rotation, 'options.rotation', ROTATIONS);
    const metadata = captureMetadata(frame, options.metadata, this.#carriers);
    this.checkOpen();
    if (frame.closed) throw new FramewireError('closed', 'The video frame is closed.');
    const at = this.#timestampOf(timestampUs);

    const fitting = this.#fitted(frame);
    try {
      const details = {
        timestampUs: at,
        rotation: ROTATIONS.indexOf(rotation),
        metadata: { ...metadata, frameId: this.#frames >>> 0 },
      };
      fitting.withNativePixels((pixels) => {
        captureVideoFrame(this.handle, pixels, details);
      }, TAKEN_AS[fitting.format]);
    } finally {
      if (fitting !== frame) fitting.close();
    }
    this.#timestamps = timestampUs === undefined ? 'automatic' : 'callers';
    this.#lastTimestampUs = at;
    this.#frames += 1;
  }

  /** @internal A track of this source says where it's published, or that it no longer is. */
  trackPublished(track: object, carrier: MetadataCarrier | undefined): void {
    if (carrier) this.#carriers.set(track, carrier);
    else this.#carriers.delete(track);
  }

  /** @internal */
  protected override newTrack(name: string): number {
    return newVideoTrack(name, this.handle);
  }

  /**
   * LiveKit shows black pictures from a new source until its first frame. One frame before anybody
   * can see it ends that, so that the first picture seen is the first one captured.
   */
  #silenceStartUp(): void {
    const { width, height } = this;
    using black = VideoFrame.create({ width, height, format: 'I420' });
    black.withNativePixels((pixels) => {
      captureVideoFrame(this.handle, pixels, { timestampUs: monotonicUs(), rotation: 0 });
    });
  }

  #timestampOf(timestampUs: number | undefined): number {
    if (timestampUs === undefined) {
      if (this.#timestamps === 'callers') throw mixedTimestamps('has none', 'had theirs');
      // The clock may not have moved since the last frame.
      return Math.max(monotonicUs(), this.#lastTimestampUs + 1);
    }
    checkInteger(timestampUs, 'options.timestampUs', { min: 0 });
    if (this.#timestamps === 'automatic') throw mixedTimestamps('has one', 'had none');
    if (timestampUs <= this.#lastTimestampUs) {
      throw new RangeError(
        `options.timestampUs must be later than that of the frame before, ${this.#lastTimestampUs}, got ${timestampUs}.`,
      );
    }
    return timestampUs;
  }

  /** The frame as native code takes it: of the right size, in a format that it takes. */
  #fitted(frame: VideoFrame): VideoFrame {
    const { width, height, onResize } = this;
    const sized = frame.width === width && frame.height === height;
    if (!sized && onResize === 'reject') {
      throw new RangeError(
        `frame must be ${width}x${height} as its source, got ${frame.width}x${frame.height}.`,
      );
    }
    if (!sized && onResize === 'follow') {
      checkInteger(frame.width, 'frame.width', { min: MIN_VIDEO_DIMENSION });
      checkInteger(frame.height, 'frame.height', { min: MIN_VIDEO_DIMENSION });
    } else if (!sized) {
      if (frame.format === 'I420') return frame.scale({ width, height });
      using convertible = frame.convert('I420');
      return convertible.scale({ width, height });
    }
    return frame.format in TAKEN_AS ? frame : frame.convert('I420');
  }
}

function mixedTimestamps(this_: string, others: string): FramewireError {
  return new FramewireError(
    'invalid-state',
    `A source's frames have time stamps of the caller's always or never: this one ${this_}, those before ${others}.`,
  );
}
