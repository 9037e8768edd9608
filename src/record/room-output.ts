import type { RecordingContainer } from './output-format.js';
import type { MediaRecorderOptions } from './recorder-options.js';
import { RecordingNames } from './recording-names.js';
import { RoomFile, type RoomFileOptions } from './room-file.js';
import { MANIFEST_NAME, type RecordedFile, recordedError } from './room-manifest.js';

/** How the files of a room's recording are written. */
export interface RoomOutputOptions {
  readonly dir: string;
  /** Names that no file gets: what was in the folder before. */
  readonly taken?: readonly string[];
  /** When the recording began, on the monotonic clock. */
  readonly originUs: number;
  readonly maxFiles: number;
  readonly maxPauseUs: number;
  /** A file that failed after less than this would fail again. Default: 5 seconds. */
  readonly hopelessUs?: number;
  /** Channels of recorded sound. */
  readonly channels: 1 | 2;
  /** How a file of a kind is recorded. */
  readonly formats: Readonly<Record<'video' | 'audio', RecordedFormat>>;
  /** Something that the manifest tells has changed. */
  readonly changed: () => void;
  readonly started: (file: RecordedFile) => void;
  readonly finished: (file: RecordedFile) => void;
  readonly failed: (file: RecordedFile, error: unknown) => void;
}

/** How a kind of media is recorded. */
export interface RecordedFormat {
  readonly container: RecordingContainer;
  readonly recorder: MediaRecorderOptions;
  /** The codecs that files of the container have. */
  readonly codec: { readonly video: string; readonly audio: string };
}

/** What is asked of {@link RoomOutput.openFile}. */
export type RoomFileRequest = Pick<
  RoomFileOptions,
  'participant' | 'track' | 'startUs' | 'droppedBefore'
> & { readonly kind: 'video' | 'audio' | 'mixed' };

const HOPELESS_US = 5_000_000;

/** The files of a room's recording: as many at a time as are allowed, each with a name of its own. */
export class RoomOutput {
  readonly originUs: number;
  readonly maxPauseUs: number;
  readonly channels: 1 | 2;
  readonly #options: RoomOutputOptions;
  readonly #names: RecordingNames;
  /** What the manifest says of each, in the order in which they were begun. */
  readonly #files: { file: RoomFile | undefined; described: RecordedFile }[] = [];
  /** Those that are being recorded. */
  #open = 0;

  constructor(options: RoomOutputOptions) {
    this.#options = options;
    this.#names = new RecordingNames([MANIFEST_NAME, ...(options.taken ?? [])]);
    this.originUs = options.originUs;
    this.maxPauseUs = options.maxPauseUs;
    this.channels = options.channels;
  }

  /** @throws What a file failed with, if a new one would fail, too. */
  checkHope(file: RoomFile | undefined): void {
    const { hopelessUs = HOPELESS_US } = this.#options;
    const failure = file?.failure;
    if (failure && failure.afterUs < hopelessUs) throw failure.error;
  }

  /** What the manifest says of all. */
  describe(): RecordedFile[] {
    return this.#files.map(({ file, described }) => file?.describe() ?? described);
  }

  /** Something that the manifest tells has changed. */
  changed(): void {
    this.#options.changed();
  }

  /**
   * Begins a file, if as many are allowed.
   *
   * @throws What there can be none for; the manifest tells it, too.
   */
  async openFile(request: RoomFileRequest): Promise<RoomFile | undefined> {
    if (this.#open >= this.#options.maxFiles) return undefined;
    this.#open += 1;
    const options = this.#optionsOf(request);
    try {
      const file = await RoomFile.open({ ...options, onChange: (one) => this.#onChange(one) });
      return file;
    } catch (error) {
      this.#open -= 1;
      const failed = { ...unopened(options), error: recordedError(error) };
      this.#files.push({ file: undefined, described: failed });
      this.#options.failed(failed, error);
      this.changed();
      throw error;
    }
  }

  #optionsOf(request: RoomFileRequest): Omit<RoomFileOptions, 'onChange'> {
    const { kind, participant, track } = request;
    const { dir, formats } = this.#options;
    const { container, recorder, codec } = formats[kind === 'audio' ? 'audio' : 'video'];
    const parts = participant && track ? [participant.identity, track.source] : ['room'];
    const name = this.#names.next(parts, container);
    const codecs = kind === 'mixed' ? [codec.video, codec.audio] : [codec[kind]];
    const other =
      kind === 'video'
        ? ({ audio: false } as const)
        : kind === 'audio'
          ? ({ video: false } as const)
          : {};
    return {
      ...request,
      dir,
      name,
      codecs,
      originUs: this.originUs,
      recorder: { ...recorder, ...other },
    };
  }

  #onChange(file: RoomFile): void {
    const { started, finished, failed } = this.#options;
    const described = file.describe();
    switch (file.state) {
      case 'recording':
        this.#files.push({ file, described });
        started(described);
        break;
      case 'finished':
        this.#settle(file, described);
        finished(described);
        break;
      case 'failed':
        this.#settle(file, described);
        failed(described, file.failure?.error);
    }
    this.changed();
  }

  /** It's not held any longer. */
  #settle(file: RoomFile, described: RecordedFile): void {
    this.#open -= 1;
    const entry = this.#files.find((one) => one.file === file);
    if (entry) Object.assign(entry, { file: undefined, described });
  }
}

/** What is told of a file that could not be made. */
function unopened(options: Omit<RoomFileOptions, 'onChange'>): RecordedFile {
  const { name, kind, participant, track, codecs, startUs, originUs } = options;
  return {
    file: name,
    kind,
    state: 'failed',
    ...(participant && { participant }),
    ...(track && { track }),
    codecs,
    startMs: (startUs - originUs) / 1000,
    durationMs: 0,
    dropped: 0,
    silenceMs: 0,
    end: 'failed',
  };
}
