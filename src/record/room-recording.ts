import { readdir, rm } from 'node:fs/promises';
import { listenForAbort } from '../core/abort.js';
import { shown } from '../core/check.js';
import { monotonicUs, wallClockUs } from '../core/clock.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { TypedEmitter } from '../core/typed-emitter.js';
import type { Room } from '../room/room.js';
import { GridRecorder } from './grid-recorder.js';
import {
  ManifestFile,
  type RecordedEnd,
  type RecordedFile,
  type RefusedTrack,
  type RoomManifest,
} from './room-manifest.js';
import { RoomOutput } from './room-output.js';
import type { RoomRecorder } from './room-recorder.js';
import type { RoomRecordingSettings } from './room-recording-options.js';
import { RoomTracks } from './room-tracks.js';
import { TracksRecorder } from './tracks-recorder.js';

/** What a {@link RoomRecording} tells. */
export interface RoomRecordingEvents {
  /** A file was begun. */
  readonly fileStarted: readonly [file: RecordedFile];
  /** A file is whole. */
  readonly fileFinished: readonly [file: RecordedFile];
  /** A file can't be gone on with, or could not be made; the others go on. */
  readonly fileFailed: readonly [file: RecordedFile, error: unknown];
  /** The manifest could not be written. It's tried again when something changes. */
  readonly manifestFailed: readonly [error: unknown];
  /** The recording is over, and all its files are finished. */
  readonly finished: readonly [summary: RoomRecordingSummary];
  /** The recording is over by an error, which `finished` and `stop()` reject with. */
  readonly failed: readonly [error: unknown];
}

/** What a room's recording has become: what the manifest says, and where it is. */
export interface RoomRecordingSummary extends RoomManifest {
  /** The folder. */
  readonly dir: string;
  /** The manifest's path. */
  readonly manifestPath: string;
}

/** How often it's looked for tracks of which nothing comes. */
const CHECK_MS = 250;
/** How often the manifest is written while nothing happens, so that a crash leaves one that is nearly right. */
const UPDATE_MS = 2_000;
/** Of so many refused tracks the manifest tells: somebody may ask again and again. */
const MAX_REFUSED = 1_000;

/**
 * A recording of a room: what `recordRoom()` gives. An open one keeps the process alive.
 */
export class RoomRecording extends TypedEmitter<RoomRecordingEvents> implements AsyncDisposable {
  /**
   * Resolves when the recording is over and its files are finished: `stop()` was called, the signal aborted, or the
   * room was left. Nobody needs to wait for it.
   *
   * @throws FramewireError what the manifest, or the file of a grid, could not be written with: `file` or
   * `not-found`. The file of a track that failed is no such error: the summary's `files` tell.
   */
  readonly finished: Promise<RoomRecordingSummary>;
  readonly #settings: RoomRecordingSettings;
  readonly #room: Room;
  readonly #startedAtUs: number = wallClockUs();
  readonly #originUs: number = monotonicUs();
  readonly #manifest: ManifestFile;
  readonly #output: RoomOutput;
  readonly #refused: RefusedTrack[] = [];
  #recorder: RoomRecorder | undefined;
  #closing: (() => void)[] = [];
  #state: RoomManifest['state'] = 'recording';
  #end: RecordedEnd | undefined;
  #durationUs: number | undefined;
  #failure: Error | undefined;
  #settle: ((summary: RoomRecordingSummary) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  private constructor(room: Room, settings: RoomRecordingSettings, taken: readonly string[]) {
    super();
    this.#room = room;
    this.#settings = settings;
    const { dir, maxFiles, maxPauseMs, channels, formats } = settings;
    this.#manifest = new ManifestFile(
      dir,
      () => this.manifest,
      (error) => this.emit('manifestFailed', error),
    );
    this.#output = new RoomOutput({
      dir,
      taken,
      originUs: this.#originUs,
      maxFiles,
      maxPauseUs: maxPauseMs * 1000,
      channels,
      formats,
      changed: () => this.#manifest.update(),
      started: (file) => this.emit('fileStarted', file),
      finished: (file) => this.emit('fileFinished', file),
      failed: (file, error) => this.emit('fileFailed', file, error),
    });
    this.finished = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    // It's told as an event, too.
    this.finished.catch(() => undefined);
  }

  /** @internal Begins, in a folder that has no recording yet, or whose recording may be replaced. */
  static async begin(room: Room, settings: RoomRecordingSettings): Promise<RoomRecording> {
    const { dir, overwrite, signal } = settings;
    // Where names can't be read, a file that is there already makes its track fail.
    const taken = overwrite ? [] : await readdir(dir).catch(() => []);
    const recording = new RoomRecording(room, settings, taken);
    if (!(await recording.#manifest.write({ overwrite }))) {
      throw new FramewireError('file', `${shown(dir)} has a recording already.`);
    }
    try {
      signal?.throwIfAborted();
      // The tracks of one that is just being left can't be read any more.
      if (!room.connected || room.leaving) throw notConnected();
    } catch (error) {
      // Of a recording that never was; the folder may have another.
      await rm(recording.manifestPath, { force: true }).catch(() => undefined);
      throw error;
    }
    recording.#start();
    return recording;
  }

  /** What the manifest says at this moment. */
  get manifest(): RoomManifest {
    const durationUs = this.#durationUs ?? monotonicUs() - this.#originUs;
    return {
      version: 1,
      layout: this.#settings.layout,
      state: this.#state,
      room: this.#room.name,
      startedAt: new Date(this.#startedAtUs / 1000).toISOString(),
      startedAtUs: this.#startedAtUs,
      durationMs: durationUs / 1000,
      ...(this.#end && { end: this.#end }),
      files: this.#output.describe(),
      tracks: this.#recorder?.describe() ?? [],
      refused: [...this.#refused],
    };
  }

  /** The manifest's path. */
  get manifestPath(): string {
    return this.#manifest.path;
  }

  /**
   * Records no more, and finishes the files. Safe to call twice.
   *
   * @returns What {@link RoomRecording.finished} does.
   */
  stop(): Promise<RoomRecordingSummary> {
    void this.#finish('stopped');
    return this.finished;
  }

  /** As {@link RoomRecording.stop}, but says nothing of what it failed with. */
  async close(): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  /** Calls {@link RoomRecording.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(): void {
    const { layout, grid, local, subscribe, filter, signal } = this.#settings;
    const failed = (error: unknown): void => {
      this.#failure = error as Error;
      void this.#finish('failed');
    };
    const recorder =
      layout === 'grid'
        ? new GridRecorder(this.#output, { ...grid, failed })
        : new TracksRecorder(this.#output);
    this.#recorder = recorder;
    const tracks = new RoomTracks(this.#room, {
      ...{ local, subscribe, filter },
      came: (seen) => recorder.came(seen),
      gone: (track) => recorder.gone(track),
      changed: (track) => recorder.changed(track),
      refused: (identity, sid, reason) => this.#refuse({ identity, sid, reason }),
      failed: (error) => this.emitError(error),
    });
    const check = setInterval(() => recorder.check(monotonicUs()), CHECK_MS);
    const update = setInterval(() => this.#manifest.update(), UPDATE_MS);
    this.#closing = [
      () => tracks.close(),
      () => clearInterval(check),
      () => clearInterval(update),
      this.#room.on('disconnected', () => void this.#finish('disconnected')),
      ...(signal ? [listenForAbort(signal, () => void this.#finish('stopped'))] : []),
    ];
  }

  #refuse(track: RefusedTrack): void {
    if (this.#refused.length < MAX_REFUSED) this.#refused.push(track);
    this.#manifest.update();
  }

  /** The first reason counts. Never rejects. */
  async #finish(end: RecordedEnd): Promise<void> {
    if (this.#end) return;
    this.#end = end;
    this.#durationUs = monotonicUs() - this.#originUs;
    for (const close of this.#closing.splice(0)) close();
    await this.#recorder?.stop(end);
    this.#state = end === 'failed' ? 'failed' : 'finished';
    try {
      await this.#manifest.write({ overwrite: true });
    } catch (error) {
      this.#failure ??= error as Error;
    }
    if (this.#failure) {
      this.#reject?.(this.#failure);
      this.emit('failed', this.#failure);
    } else {
      const summary = {
        ...this.manifest,
        dir: this.#settings.dir,
        manifestPath: this.manifestPath,
      };
      this.#settle?.(summary);
      this.emit('finished', summary);
    }
  }
}
