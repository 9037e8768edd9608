import type { AudioFrame } from '../audio/audio-frame.js';
import { AudioStream } from '../audio/audio-stream.js';
import { monotonicUs } from '../core/clock.js';
import type { TrackHandle } from '../core/track-handle.js';
import { FramePacer } from '../video/frame-pacer.js';
import type { VideoFrame } from '../video/video-frame.js';
import { VideoStream } from '../video/video-stream.js';
import { GridPicture, type GridPictureOptions } from './grid-picture.js';
import { GridTrack } from './grid-track.js';
import { MixTimeline, type MixVoice } from './mix-timeline.js';
import { ParticipantClocks } from './participant-clock.js';
import type { RoomFile } from './room-file.js';
import type { RecordedEnd, RecordedTrack } from './room-manifest.js';
import type { RoomOutput } from './room-output.js';
import type { RoomRecorder } from './room-recorder.js';
import type { SeenTrack } from './room-tracks.js';

/** How a {@link GridRecorder} records. */
export interface GridRecorderOptions extends GridPictureOptions {
  /** Pictures a second. */
  readonly fps: number;
  /** Whether names are drawn on the tiles. */
  readonly names: boolean;
  /** Called once, if it can't go on. */
  readonly failed: (error: unknown) => void;
}

const SAMPLE_RATE = 48_000;
/** Pictures are put together so much later than they are, so that they can wait for their sound. */
const SHOWN_LATER_US = 150_000;
/** Sound is mixed so much later than it is: what a busy machine brings late is in time then. */
const MIX_LATER_US = 250_000;
/** What comes ahead of its time is kept for so long. */
const WINDOW_MS = 2_000;

/** A file that is being recorded. */
interface Session {
  readonly file: RoomFile;
  readonly mix: MixTimeline;
  readonly startUs: number;
  /** The pacer's slot in which it began. */
  readonly firstSlot: number;
  /** Its pictures so far. */
  pictures: number;
}

/** One file of all: everybody's video side by side in one picture, and all sound mixed. */
export class GridRecorder implements RoomRecorder {
  readonly #output: RoomOutput;
  readonly #options: GridRecorderOptions;
  readonly #picture: GridPicture;
  readonly #pacer: FramePacer;
  readonly #clocks = new ParticipantClocks();
  readonly #current = new Map<TrackHandle, GridTrack>();
  /** Those, and the ones that are gone and not over yet: meanwhile their tracks may have come anew. */
  readonly #running = new Set<GridTrack>();
  /** All that ever were, for the manifest: what is over isn't held. */
  readonly #tracks: (() => RecordedTrack)[] = [];
  /** Of the videos that are there, those that had a tile so far. */
  readonly #shown = new Set<SeenTrack>();
  /** The names of its files. */
  readonly #files: string[] = [];
  readonly #done: Promise<void>;
  #session: Session | undefined;
  #stopping = false;

  constructor(output: RoomOutput, options: GridRecorderOptions) {
    this.#output = output;
    this.#options = options;
    this.#picture = new GridPicture(options);
    this.#pacer = new FramePacer({ fps: options.fps });
    this.#done = this.#run();
  }

  came(seen: SeenTrack): void {
    const { track } = seen;
    if (this.#current.has(track)) return;
    const joined = track.kind === 'video' ? this.#watch(seen) : this.#listen(seen);
    const describe = (): RecordedTrack =>
      joined.describe(this.#output.originUs, {
        files: this.#files,
        hidden: track.kind === 'video' && !this.#shown.has(seen),
      });
    const index = this.#tracks.push(describe) - 1;
    this.#current.set(track, joined);
    this.#running.add(joined);
    void joined.done.then(() => {
      const described = { ...describe(), files: [...this.#files] };
      this.#tracks[index] = () => described;
      this.#running.delete(joined);
      if (this.#current.get(track) === joined) this.#current.delete(track);
      // The last pictures, which are yet to be put together, show everybody who was there.
      if (!this.#stopping) this.#picture.remove(seen);
      this.#shown.delete(seen);
      this.#output.changed();
    });
    this.#output.changed();
  }

  gone(track: TrackHandle): void {
    const joined = this.#current.get(track);
    if (!joined) return;
    this.#current.delete(track);
    this.#picture.remove(joined.seen);
    // The streams of a remote one have ended by themselves.
    if (!track.remote) void joined.stop(joined.seen.end());
  }

  changed(track: TrackHandle): void {
    const seen = this.#current.get(track)?.seen;
    if (seen?.muted()) this.#picture.hide(seen);
  }

  check(nowUs: number): void {
    for (const { seen, cameUs } of this.#current.values()) {
      if (nowUs - cameUs < this.#output.maxPauseUs) continue;
      this.#picture.hide(seen);
    }
  }

  async stop(end: RecordedEnd): Promise<void> {
    this.#stopping = true;
    this.#pacer.close();
    await Promise.all(Array.from(this.#running, (one) => one.stop(end)));
    await this.#done;
    const session = this.#session;
    if (session) {
      this.#show(session, session.pictures + this.#laterSlots);
      this.#mixUntil(session, monotonicUs());
      await session.file.finish(end);
    }
    this.#picture[Symbol.dispose]();
  }

  describe(): RecordedTrack[] {
    return this.#tracks.map((describe) => describe());
  }

  #watch(seen: SeenTrack): GridTrack {
    const stream = new VideoStream(seen.track, { format: 'I420', fps: this.#options.fps });
    const { participant } = seen;
    const name = participant.name === '' ? participant.identity : participant.name;
    this.#picture.add(seen, this.#options.names ? name : '');
    const { clock, release } = this.#clocks.of(seen);
    clock.follow(seen.track);
    const joined = new GridTrack(seen, stream, (frame: VideoFrame) => {
      const placeUs = clock.video(frame, monotonicUs());
      // What was on its way when it was muted must not stay.
      if (seen.muted()) frame.close();
      else this.#picture.show(seen, frame, placeUs);
      if (this.#picture.shows(seen)) this.#shown.add(seen);
    });
    void joined.done.then(release);
    return joined;
  }

  #listen(seen: SeenTrack): GridTrack {
    const { channels } = this.#output;
    const stream = new AudioStream(seen.track, { sampleRate: SAMPLE_RATE, channels });
    const { clock, release } = this.#clocks.of(seen);
    clock.follow(seen.track);
    let voice: { readonly of: MixTimeline; readonly in: MixVoice } | undefined;
    const joined = new GridTrack(seen, stream, (frame: AudioFrame) => {
      const placeUs = clock.audio(frame, monotonicUs());
      const mix = this.#session?.mix;
      if (!mix) return;
      if (voice?.of !== mix) voice = { of: mix, in: mix.voice() };
      voice.in.push(frame, placeUs);
    });
    void joined.done.then(release);
    return joined;
  }

  get #laterSlots(): number {
    return Math.ceil((SHOWN_LATER_US * this.#options.fps) / 1e6);
  }

  async #run(): Promise<void> {
    try {
      for await (const { index } of this.#pacer) {
        if (!this.#session?.file.open) this.#session = await this.#begin(index);
        const session = this.#session;
        this.#show(session, index - session.firstSlot - this.#laterSlots + 1);
        this.#mixUntil(session, monotonicUs() - MIX_LATER_US);
      }
    } catch (error) {
      this.#pacer.close();
      this.#options.failed(error);
    }
  }

  /** Writes the newest picture, so that there are as many; those that were skipped are as the one before. */
  #show(session: Session, pictures: number): void {
    if (pictures <= session.pictures) return;
    session.pictures = pictures;
    const { fps } = this.#options;
    const timeUs = Math.round(session.startUs + ((pictures - 1) * 1e6) / fps);
    // What is nearest to its time is shown, not what was before it.
    const picture = this.#picture.render(timeUs + Math.round(500_000 / fps));
    session.file.write(picture, timeUs);
  }

  #mixUntil({ file, mix }: Session, timeUs: number): void {
    const sound = mix.takeUntil(timeUs);
    if (sound) file.write(sound, sound.timestampUs);
  }

  /** A new file. @throws What there can be none for. */
  async #begin(firstSlot: number): Promise<Session> {
    this.#output.checkHope(this.#session?.file);
    const startUs = monotonicUs();
    const file = await this.#output.openFile({ kind: 'mixed', startUs, droppedBefore: () => 0 });
    if (!file) throw new Error('A grid is one file at a time.');
    this.#files.push(file.name);
    const { channels } = this.#output;
    const mix = new MixTimeline({
      sampleRate: SAMPLE_RATE,
      channels,
      startUs,
      windowMs: WINDOW_MS,
    });
    return { file, mix, startUs, firstSlot, pictures: 0 };
  }
}
