import { join } from 'node:path';
import type { TrackKind, TrackSource } from '../core/track-handle.js';
import { FramewireError, type FramewireErrorCode } from '../core/errors.js';
import { OneAtATime } from '../core/one-at-a-time.js';
import { writeWholeFile } from './whole-file.js';

/** The name of the file that says what a room's recording is made of. */
export const MANIFEST_NAME = 'manifest.json';

/** How a room is recorded: a file for each track, or one picture of everybody with all sound. */
export const ROOM_LAYOUTS = ['tracks', 'grid'] as const;

/** One of {@link ROOM_LAYOUTS}. */
export type RoomLayout = (typeof ROOM_LAYOUTS)[number];

/** Whose media it is. */
export interface RecordedParticipant {
  /** The name that its token gave it. */
  readonly identity: string;
  /** The server's id of this stay. */
  readonly sid: string;
  /** What it's called, for people; may be empty. */
  readonly name: string;
  /** Whether it's the recording program itself. */
  readonly local: boolean;
}

/** What was published. */
export interface RecordedSource {
  /** The server's id of the track. */
  readonly sid: string;
  /** What its publisher called it. */
  readonly name: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  /** How it came, such as `video/VP8`; not how it's recorded. */
  readonly mimeType: string;
}

/** An error, as it stands in a manifest. */
export interface RecordedError {
  /** A code of a FramewireError, if it was one. */
  readonly code?: FramewireErrorCode;
  /** What it said. */
  readonly message: string;
}

/**
 * Why a file, or a track, is over.
 *
 * - `stopped`: `stop()` was called, or the signal aborted.
 * - `disconnected`: the recording program left the room, or lost it.
 * - `participant-left`: the publisher did; `unpublished`: it took the track back; `unsubscribed`: we did.
 * - `paused`: no frames came for a while. More go to a new file.
 * - `failed`: see `error`.
 */
export type RecordedEnd =
  | 'stopped'
  | 'disconnected'
  | 'participant-left'
  | 'unpublished'
  | 'unsubscribed'
  | 'paused'
  | 'failed';

/** A file of a recording. */
export interface RecordedFile {
  /** Its name in the folder. */
  readonly file: string;
  /** What is in it; `mixed` in a grid, with the sound of all. */
  readonly kind: TrackKind | 'mixed';
  /** What became of it; `recording` too if the program was killed meanwhile. */
  readonly state: 'recording' | 'finished' | 'failed';
  /** Whose it is; not of a mixed one. */
  readonly participant?: RecordedParticipant;
  /** Of what; not of a mixed one. */
  readonly track?: RecordedSource;
  /** The codecs in the file, as `h264`. */
  readonly codecs: readonly string[];
  /**
   * When its first picture or sound is, in milliseconds since the recording began. What lies at `a` in one file and
   * at `b` in another was at the same moment if `a + startMs` of the one is `b + startMs` of the other.
   */
  readonly startMs: number;
  /** How long it is; while it's being recorded, how long it was when this was written. */
  readonly durationMs: number;
  /** Its size; once it's finished. */
  readonly bytes?: number;
  /** The size of its pictures, once it's finished. */
  readonly width?: number;
  /** The size of its pictures, once it's finished. */
  readonly height?: number;
  /**
   * Pictures, or pieces of sound, that came and are not in it, since something was too slow. Not those that are left
   * out where more came than the file has a second.
   */
  readonly dropped: number;
  /** Silence that stands where no sound came, in milliseconds. */
  readonly silenceMs: number;
  /** Why it's over. */
  readonly end?: RecordedEnd;
  /** What failed. The file has what was written before. */
  readonly error?: RecordedError;
}

/** A track that took part while the room was recorded. */
export interface RecordedTrack {
  readonly participant: RecordedParticipant;
  readonly track: RecordedSource;
  /** When it began to take part, in milliseconds since the recording began. */
  readonly fromMs: number;
  /** When it ceased to; missing while it does. */
  readonly untilMs?: number;
  /** The files that it's in, in order. */
  readonly files: readonly string[];
  /** Why it's over. */
  readonly end?: RecordedEnd;
  /**
   * Why there is nothing of it, or no more: `no-media` came so far, or `too-many-files` are being recorded;
   * `no-tile` is left for it in the grid; it `failed`.
   */
  readonly missing?: 'no-media' | 'too-many-files' | 'no-tile' | 'failed';
  /** What failed. */
  readonly error?: RecordedError;
}

/** A track that we asked for in vain. */
export interface RefusedTrack {
  /** Whose it is. */
  readonly identity: string;
  /** The server's id of the track. */
  readonly sid: string;
  /** What the server said. */
  readonly reason: string;
}

/** What a room's recording is made of: what `manifest.json` says. */
export interface RoomManifest {
  /** Of this format. */
  readonly version: 1;
  readonly layout: RoomLayout;
  /** `recording` in a file of a program that goes on, or ended without finishing it. */
  readonly state: 'recording' | 'finished' | 'failed';
  /** The room's name. */
  readonly room: string;
  /** When the recording began, by this machine's clock: ISO 8601, in UTC. */
  readonly startedAt: string;
  /** The same, in microseconds since 1970. */
  readonly startedAtUs: number;
  /** How long it was when this was written. */
  readonly durationMs: number;
  /** Why it's over. */
  readonly end?: RecordedEnd;
  /** The files, in the order in which they were begun. */
  readonly files: readonly RecordedFile[];
  /** Every track that took part, in the order in which they came. */
  readonly tracks: readonly RecordedTrack[];
  /** Tracks that didn't come. */
  readonly refused: readonly RefusedTrack[];
}

/** An error for the manifest. */
export function recordedError(error: unknown): RecordedError {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof FramewireError ? { code: error.code, message } : { message };
}

/** Keeps a manifest in a folder up to date: each version is whole, and as new as the disk allows. */
export class ManifestFile {
  readonly path: string;
  readonly #read: () => RoomManifest;
  readonly #failed: (error: unknown) => void;
  readonly #writes = new OneAtATime();
  #asked = false;
  #failing = false;

  /**
   * @param read - What is to be written, when it's its turn.
   * @param failed - Called when it can't be written, for the first time of several.
   */
  constructor(dir: string, read: () => RoomManifest, failed: (error: unknown) => void) {
    this.path = join(dir, MANIFEST_NAME);
    this.#read = read;
    this.#failed = failed;
  }

  /** Writes what is so now, soon; calls at the same time are one. */
  update(): void {
    if (this.#asked) return;
    this.#asked = true;
    void this.write({ overwrite: true }).catch(() => undefined);
  }

  /**
   * Writes what is so now, or when those before are written.
   *
   * @returns Whether it was: `false` if there is one that must not be replaced.
   * @throws FramewireError `file` or `not-found`.
   */
  write({ overwrite }: { readonly overwrite: boolean }): Promise<boolean> {
    return this.#writes.run(async () => {
      this.#asked = false;
      const text = `${JSON.stringify(this.#read(), null, 2)}\n`;
      try {
        const written = await writeWholeFile(this.path, text, { overwrite });
        this.#failing = false;
        return written;
      } catch (error) {
        if (!this.#failing) this.#failed(error);
        this.#failing = true;
        throw error;
      }
    });
  }
}
