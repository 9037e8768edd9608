import { AudioSource } from '../audio/audio-source.js';
import type { AudioFrame } from '../audio/audio-frame.js';
import { FramewireError } from '../core/errors.js';
import type { TrackKind } from '../core/track-handle.js';
import type { PublishOptions } from '../room/publish-options.js';
import { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import type { VideoFrame } from '../video/video-frame.js';
import { VideoSource } from '../video/video-source.js';
import type { CaptureKinds, CaptureStream } from './capture-stream.js';

/** Takes the frames of a stream to a source, whose track can be published. */
export interface TrackFeed<Kind extends TrackKind> {
  readonly stream: CaptureStream<Kind>;
  /** How its track is to be published, unless the user says something else. */
  readonly publishDefaults: Pick<PublishOptions, 'maxFps'>;
  /** Waits for the first frame, which says what the track is like. */
  open(name: string): Promise<CaptureKinds[Kind]['track']>;
  /** Resolves when the last frame was sent, rejects with what the stream ended with. */
  run(): Promise<void>;
  /** Frees the source. The stream is the caller's. */
  close(): void;
}

/** How pictures become a track. */
export class VideoFeed implements TrackFeed<'video'> {
  readonly stream: CaptureStream<'video'>;
  readonly publishDefaults: Pick<PublishOptions, 'maxFps'>;
  readonly #screencast: boolean;
  readonly #frames: AsyncIterator<VideoFrame>;
  #first: VideoFrame | undefined;
  #source: VideoSource | undefined;
  #lastUs = -1;

  constructor(stream: CaptureStream<'video'>, options: { readonly screencast?: boolean } = {}) {
    this.stream = stream;
    const { fps } = stream;
    // What is captured is to be seen; LiveKit's own default would send fewer pictures of a small size.
    this.publishDefaults = fps === undefined ? {} : { maxFps: Math.max(1, fps) };
    this.#screencast = options.screencast ?? false;
    this.#frames = stream[Symbol.asyncIterator]();
  }

  async open(name: string): Promise<LocalVideoTrack> {
    const next = await this.#frames.next();
    if (next.done) throw noFrame(name);
    this.#first = next.value;
    const { width, height } = next.value;
    const screencast = this.#screencast;
    this.#source = new VideoSource({ width, height, screencast, onResize: 'follow' });
    return LocalVideoTrack.create(name, this.#source);
  }

  async run(): Promise<void> {
    const source = this.#source;
    let frame = this.#first;
    this.#first = undefined;
    while (source && frame) {
      try {
        // Two frames may have the same time, by a clock that is set back; a source takes no such ones.
        this.#lastUs = Math.max(frame.timestampUs, this.#lastUs + 1);
        source.captureFrame(frame, { timestampUs: this.#lastUs });
      } finally {
        frame.close();
      }
      const next = await this.#frames.next();
      frame = next.done ? undefined : next.value;
    }
  }

  close(): void {
    this.#first?.close();
    this.#first = undefined;
    this.#source?.close();
  }
}

/** How sound becomes a track. */
export class AudioFeed implements TrackFeed<'audio'> {
  readonly stream: CaptureStream<'audio'>;
  readonly publishDefaults: Pick<PublishOptions, 'maxFps'> = {};
  readonly #queueMs: number;
  readonly #frames: AsyncIterator<AudioFrame>;
  #first: AudioFrame | undefined;
  #source: AudioSource | undefined;

  /** @param options - `queueMs`: how much is sent ahead of its time, which is the most that it's late. */
  constructor(stream: CaptureStream<'audio'>, options: { readonly queueMs?: number } = {}) {
    this.stream = stream;
    this.#queueMs = options.queueMs ?? DEFAULT_QUEUE_MS;
    this.#frames = stream[Symbol.asyncIterator]();
  }

  async open(name: string): Promise<LocalAudioTrack<AudioSource>> {
    const next = await this.#frames.next();
    if (next.done) throw noFrame(name);
    this.#first = next.value;
    const { sampleRate, channels } = next.value;
    this.#source = new AudioSource({ sampleRate, channels, queueMs: this.#queueMs });
    return LocalAudioTrack.create(name, this.#source);
  }

  async run(): Promise<void> {
    const source = this.#source;
    let frame = this.#first;
    this.#first = undefined;
    while (source && frame) {
      const taken = source.captureFrame(frame);
      frame.close();
      await taken;
      const next = await this.#frames.next();
      frame = next.done ? undefined : next.value;
    }
    await source?.waitForPlayout();
  }

  close(): void {
    this.#first?.close();
    this.#first = undefined;
    this.#source?.close();
  }
}

const DEFAULT_QUEUE_MS = 100;

function noFrame(name: string): FramewireError {
  return new FramewireError('incomplete', `'${name}' ended before its first frame.`);
}
