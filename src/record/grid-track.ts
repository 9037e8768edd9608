import type { AudioFrame } from '../audio/audio-frame.js';
import type { AudioStream } from '../audio/audio-stream.js';
import { monotonicUs } from '../core/clock.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { VideoStream } from '../video/video-stream.js';
import { type RecordedEnd, recordedError, type RecordedTrack } from './room-manifest.js';
import { type SeenTrack, TrackEnding } from './room-tracks.js';

/** One track that is part of a grid, or of its sound. */
export class GridTrack {
  readonly seen: SeenTrack;
  /** Resolves when nothing comes of it any more. Never rejects. */
  readonly done: Promise<void>;
  readonly #stream: VideoStream | AudioStream;
  readonly #fromUs: number = monotonicUs();
  #cameUs: number | undefined;
  #untilUs: number | undefined;
  readonly #ending: TrackEnding;
  #error: unknown;

  /** @param take - Gets each frame, and owns it. */
  constructor(seen: SeenTrack, stream: VideoStream, take: (frame: VideoFrame) => void);
  constructor(seen: SeenTrack, stream: AudioStream, take: (frame: AudioFrame) => void);
  constructor(
    seen: SeenTrack,
    stream: VideoStream | AudioStream,
    take: (frame: VideoFrame & AudioFrame) => void,
  ) {
    this.seen = seen;
    this.#stream = stream;
    this.#ending = new TrackEnding(seen);
    this.done = this.#read(take);
  }

  /** When its newest frame came; when it came itself, if none has. */
  get cameUs(): number {
    return this.#cameUs ?? this.#fromUs;
  }

  /** Takes no more. The first reason counts. */
  stop(end: RecordedEnd): Promise<void> {
    this.#ending.say(end);
    void this.#stream.close();
    return this.done;
  }

  /** What the manifest says of it. */
  describe(
    originUs: number,
    { files, hidden }: { readonly files: readonly string[]; readonly hidden: boolean },
  ): RecordedTrack {
    const { participant, source } = this.seen;
    const missing = this.#missing(hidden);
    const { end } = this.#ending;
    return {
      participant,
      track: source,
      fromMs: (this.#fromUs - originUs) / 1000,
      ...(this.#untilUs !== undefined && { untilMs: (this.#untilUs - originUs) / 1000 }),
      files,
      ...(end && { end }),
      ...(missing && { missing }),
      ...(this.#error !== undefined && { error: recordedError(this.#error) }),
    };
  }

  #missing(hidden: boolean): RecordedTrack['missing'] {
    if (this.#error !== undefined) return 'failed';
    if (this.#cameUs === undefined) return 'no-media';
    return hidden ? 'no-tile' : undefined;
  }

  async #read(take: (frame: VideoFrame & AudioFrame) => void): Promise<void> {
    try {
      for await (const frame of this.#stream) {
        this.#cameUs = monotonicUs();
        take(frame as VideoFrame & AudioFrame);
      }
    } catch (error) {
      this.#error = error;
      this.#ending.say('failed');
    }
    this.#untilUs = monotonicUs();
    await this.#ending.known();
  }
}
