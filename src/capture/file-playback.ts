import type { AudioFrame } from '../audio/audio-frame.js';
import { AudioSource } from '../audio/audio-source.js';
import { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import { AVSynchronizer } from '../sync/av-synchronizer.js';
import type { VideoFrame } from '../video/video-frame.js';
import { VideoSource } from '../video/video-source.js';
import type { CapturedFile } from './open-file.js';
import type { TrackFeed } from './track-feed.js';

/** Sound that is played ahead: as long as ffmpeg or the program may be held up unheard. */
const QUEUE_MS = 300;
const FPS = 30;
const MOST_FPS = 1000;
/** Some files say that they have a thousand, since that's the unit of their times. */
const MOST_SENT_FPS = 60;

/**
 * Takes what a file gives to sources of its own, in step and in real time: the sound sets the pace, and each
 * picture is shown while its sound is played. It ends when all is played.
 */
export class FilePlayback {
  /** Makes the track of the pictures. `undefined` if the file has none. */
  readonly video: TrackFeed<'video'> | undefined;
  /** Makes the track of the sound. `undefined` if the file has none. */
  readonly audio: TrackFeed<'audio'> | undefined;
  readonly #file: CapturedFile;
  readonly #videoSource: VideoSource | undefined;
  readonly #audioSource: AudioSource;
  readonly #sync: AVSynchronizer | undefined;
  #begin: () => void = () => undefined;
  readonly #begun: Promise<void>;
  readonly #runs: Promise<void>[] = [];
  /** Feeds that are not closed. */
  #open = 0;
  #seeking = 0;

  constructor(file: CapturedFile, { screencast }: { readonly screencast: boolean }) {
    this.#file = file;
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    const { sampleRate = 48_000, channels = 1 } = file.audio ?? {};
    this.#audioSource = new AudioSource({ sampleRate, channels, queueMs: QUEUE_MS });
    if (file.video) {
      const { width, height } = file.video;
      this.#videoSource = new VideoSource({ width, height, screencast });
      this.#sync = new AVSynchronizer({
        audioSource: this.#audioSource,
        videoSource: this.#videoSource,
        fps: Math.min(MOST_FPS, file.fps ?? FPS),
      });
    }
    const source = this.#videoSource;
    this.video =
      file.video &&
      source &&
      this.#feed(file.video, (name) => LocalVideoTrack.create(name, source));
    this.audio =
      file.audio &&
      this.#feed(file.audio, (name) => LocalAudioTrack.create(name, this.#audioSource));
  }

  /** Lets the feeds run: when all tracks are published. */
  begin(): void {
    this.#begin();
  }

  /** Goes on at another position. */
  async seek(positionMs: number, signal: AbortSignal | undefined): Promise<void> {
    this.#seeking += 1;
    try {
      this.#clear();
      await this.#file.seek(positionMs, signal ? { signal } : {});
    } finally {
      this.#seeking -= 1;
    }
  }

  /** Frees what the feeds haven't. */
  async close(): Promise<void> {
    this.#begin();
    this.#free();
    await this.#file.close();
  }

  #feed<Kind extends 'video' | 'audio'>(
    stream: TrackFeed<Kind>['stream'],
    track: (name: string) => Awaited<ReturnType<TrackFeed<Kind>['open']>>,
  ): TrackFeed<Kind> {
    this.#open += 1;
    let closed = false;
    const { fps } = stream;
    return {
      stream,
      publishDefaults:
        fps === undefined ? {} : { maxFps: Math.min(MOST_SENT_FPS, Math.max(1, fps)) },
      open: (name) => Promise.resolve(track(name)),
      run: () => this.#run(stream),
      close: () => {
        if (closed) return;
        closed = true;
        this.#open -= 1;
        // The other goes on by the same clock.
        if (this.#open === 0) this.#free();
      },
    };
  }

  /** Plays one medium, and then waits for the other: both end together. */
  async #run(stream: AsyncIterable<VideoFrame | AudioFrame>): Promise<void> {
    const run = this.#play(stream);
    this.#runs.push(run);
    await this.#begun;
    await Promise.all(this.#runs);
    await (this.#sync ?? this.#audioSource).waitForPlayout();
  }

  async #play(stream: AsyncIterable<VideoFrame | AudioFrame>): Promise<void> {
    await this.#begun;
    for await (const frame of stream) {
      // It may be one of the old place.
      if (this.#seeking > 0) frame.close();
      else await this.#push(frame);
    }
  }

  async #push(frame: VideoFrame | AudioFrame): Promise<void> {
    if (this.#sync) {
      await this.#sync.push(frame, { timestampUs: frame.timestampUs });
      return;
    }
    const taken = this.#audioSource.captureFrame(frame as AudioFrame);
    frame.close();
    await taken;
  }

  #clear(): void {
    if (this.#sync) this.#sync.clearQueue();
    else this.#audioSource.clearQueue();
  }

  #free(): void {
    this.#sync?.close();
    this.#videoSource?.close();
    this.#audioSource.close();
  }
}
