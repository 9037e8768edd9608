import { AudioFrame } from '../audio/audio-frame.js';
import { AudioStream } from '../audio/audio-stream.js';
import { monotonicUs } from '../core/clock.js';
import { VideoFrame } from '../video/video-frame.js';
import { VideoStream } from '../video/video-stream.js';
import type { ParticipantClock } from './participant-clock.js';
import type { RoomFile } from './room-file.js';
import { type RecordedEnd, recordedError, type RecordedTrack } from './room-manifest.js';
import type { RoomOutput } from './room-output.js';
import { type SeenTrack, TrackEnding } from './room-tracks.js';

/** While a file is being opened, so many pictures wait for it. */
const PICTURES_AHEAD = 8;
const SOUND_AHEAD_MS = 1_000;

/** Records one track, from its first frame on, into a file, or one after the other. */
export class TrackRecorder {
  /** Resolves when its files are finished. Never rejects. */
  readonly done: Promise<void>;
  readonly #seen: SeenTrack;
  readonly #output: RoomOutput;
  readonly #clock: ParticipantClock;
  readonly #stream: VideoStream | AudioStream;
  readonly #fromUs: number;
  readonly #files: RoomFile[] = [];
  #file: RoomFile | undefined;
  /** When its newest frame came, and where that is on the timeline. */
  #cameUs = -Infinity;
  #placeUs = -Infinity;
  #untilUs: number | undefined;
  #missing: RecordedTrack['missing'] = 'no-media';
  #error: unknown;
  readonly #ending: TrackEnding;

  constructor(seen: SeenTrack, clock: ParticipantClock, output: RoomOutput) {
    this.#seen = seen;
    this.#clock = clock;
    this.#output = output;
    this.#ending = new TrackEnding(seen);
    this.#fromUs = monotonicUs();
    const { track } = seen;
    clock.follow(track);
    this.#stream =
      track.kind === 'video'
        ? new VideoStream(track, { capacity: PICTURES_AHEAD })
        : new AudioStream(track, {
            capacityMs: SOUND_AHEAD_MS,
            channels: output.channels,
            frameMs: 20,
          });
    this.done = this.#run();
  }

  /** What the manifest says of it. */
  describe(): RecordedTrack {
    const { participant, source } = this.#seen;
    const { originUs } = this.#output;
    const { end } = this.#ending;
    return {
      participant,
      track: source,
      fromMs: (this.#fromUs - originUs) / 1000,
      ...(this.#untilUs !== undefined && { untilMs: (this.#untilUs - originUs) / 1000 }),
      files: this.#files.map(({ name }) => name),
      ...(end && { end }),
      ...(this.#missing && { missing: this.#missing }),
      ...(this.#error !== undefined && { error: recordedError(this.#error) }),
    };
  }

  /** Ends its file if no frames came for too long. To be called now and then. */
  check(nowUs: number): void {
    if (nowUs - this.#cameUs > this.#output.maxPauseUs) this.#pause();
  }

  /** Records no more. The first reason counts. */
  stop(end: RecordedEnd): Promise<void> {
    this.#ending.say(end);
    void this.#stream.close();
    return this.done;
  }

  async #run(): Promise<void> {
    try {
      for await (const frame of this.#stream) await this.#take(frame);
    } catch (error) {
      this.#error = error;
      this.#missing = 'failed';
      this.#ending.say('failed');
    }
    this.#untilUs = monotonicUs();
    const { length } = this.#files;
    if (length > 0 && this.#missing === 'no-media') this.#missing = undefined;
    const end = await this.#ending.known();
    // Those that paused may not be finished either.
    await Promise.all(this.#files.map((file) => file.finish(end)));
    this.#output.changed();
  }

  /** Takes ownership of the frame. */
  async #take(frame: VideoFrame | AudioFrame): Promise<void> {
    const nowUs = monotonicUs();
    const placeUs =
      frame instanceof AudioFrame
        ? this.#clock.audio(frame, nowUs)
        : this.#clock.video(frame, nowUs);
    if (placeUs - this.#placeUs > this.#output.maxPauseUs) this.#pause();
    this.#cameUs = nowUs;
    this.#placeUs = placeUs;
    try {
      this.#file = this.#file?.open ? this.#file : await this.#begin(placeUs);
    } catch (error) {
      frame.close();
      throw error;
    }
    if (this.#file) this.#file.write(frame, placeUs);
    else frame.close();
  }

  #pause(): void {
    void this.#file?.finish('paused');
    this.#file = undefined;
  }

  /** A new file, if as many are allowed. @throws What there can be no file for. */
  async #begin(startUs: number): Promise<RoomFile | undefined> {
    this.#output.checkHope(this.#files.at(-1));
    const { participant, source } = this.#seen;
    const file = await this.#output.openFile({
      kind: source.kind,
      participant,
      track: source,
      startUs,
      droppedBefore: () => droppedBy(this.#stream),
    });
    this.#missing = file ? undefined : 'too-many-files';
    if (file) this.#files.push(file);
    return file;
  }
}

/** Frames that came and that nobody will read. */
function droppedBy({ stats }: VideoStream | AudioStream): number {
  const { full, late, memory } = stats.dropped;
  return full + late + memory;
}
