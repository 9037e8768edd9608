import type { RecordingDrops } from './assembler.js';
import type { RecordedPart } from './recording-part.js';

/** What a `MediaRecorder` has recorded. */
export interface Recording {
  /** The file, or the first one of several; the path that was asked for if nothing came to be recorded. */
  readonly path: string;
  /** The files, in order; none if nothing came to be recorded. */
  readonly parts: readonly RecordedPart[];
  /** How long all of it is, in milliseconds. */
  readonly durationMs: number;
  /** The width of the pictures of the first part; 0 without video. */
  readonly width: number;
  /** The height of the pictures of the first part; 0 without video. */
  readonly height: number;
  /** How long all files are together. */
  readonly bytes: number;
  /** How many pictures are in the files. */
  readonly frames: number;
  /** Of these, those that show the one before again, or black, since no other came. */
  readonly filled: number;
  /** Pictures that came and were left out, by reason. */
  readonly dropped: RecordingDrops;
  /** Silence where no sound came, in milliseconds. */
  readonly silenceMs: number;
  /** Sound that came and was left out, in milliseconds: its time was over, or too much of it waited. */
  readonly lostSoundMs: number;
  /** How often time stamps jumped, so that the recording went on without a gap. */
  readonly jumps: number;
}
