import type { AudioFrame } from '../audio/audio-frame.js';
import { AudioStream } from '../audio/audio-stream.js';
import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import type { VideoFrame } from '../video/video-frame.js';
import { VideoStream } from '../video/video-stream.js';
import { checkAudio, checkVideo } from './frame-checks.js';
import type { IntakeOptions } from './frame-intake.js';
import type { RecordingOverflow } from './recorder-options.js';
import { SourceReader, type SourceReaderOptions } from './source-reader.js';
import { StreamClock } from './stream-clock.js';
import type { Medium } from './timeline.js';

/** What a `MediaRecorder` reads: at least one of both. */
export interface RecordSources {
  /** A stream of pictures, or anything that gives them. */
  readonly video?: AsyncIterable<VideoFrame>;
  /** A stream of sound, or anything that gives it. */
  readonly audio?: AsyncIterable<AudioFrame>;
}

/** What becomes of what a {@link RecordedSources} reads. */
export interface RecordedSourcesOptions {
  /** So many pictures wait at most whose place isn't known yet. */
  readonly capacity: number;
  /** What becomes of a frame that there is no room for; `undefined` for what suits its source. */
  readonly overflow: RecordingOverflow | undefined;
  /** Takes a frame, which is then its own. Resolves when there is room for more. */
  readonly take: (frame: VideoFrame | AudioFrame, options: IntakeOptions) => Promise<void>;
  /** A source is over that wasn't stopped. */
  readonly ended: (medium: Medium) => void;
}

/** The sources that a recording is read of: one at a time of each medium. */
export class RecordedSources {
  readonly #options: RecordedSourcesOptions;
  readonly #readers = new Map<Medium, { readonly stop: () => void }>();
  readonly #media = new Set<Medium>();
  /** That of the two streams that are recorded. */
  #clock: StreamClock | undefined;

  constructor(options: RecordedSourcesOptions) {
    this.#options = options;
  }

  /** The media that there are, or were, sources of. */
  get media(): ReadonlySet<Medium> {
    return this.#media;
  }

  /**
   * Reads sources until they end, and closes them.
   *
   * @throws FramewireError `invalid-state` if one is read of such a medium already. What a source failed with:
   * the other is then read no more, either. The signal's reason.
   */
  async read({ video, audio }: RecordSources, signal: AbortSignal | undefined): Promise<void> {
    if (video) this.#checkFree('video');
    if (audio) this.#checkFree('audio');
    const clock =
      video instanceof VideoStream && audio instanceof AudioStream
        ? new StreamClock(video, audio, this.#options.capacity)
        : undefined;
    this.#clock = clock ?? this.#clock;
    const readers: { readonly done: Promise<void>; readonly stop: () => void }[] = [];
    try {
      // A source may refuse to be read, as a stream does that is read already.
      if (video) readers.push(this.#readVideo(video, clock));
      if (audio) readers.push(this.#readAudio(audio, clock));
      const all = Promise.all(readers.map(({ done }) => done));
      await (signal ? untilAborted(all, signal) : all);
    } finally {
      for (const reader of readers) reader.stop();
      this.#takeHeld();
    }
  }

  /** Reads no more. Safe to call twice. */
  stop(): void {
    for (const reader of this.#readers.values()) reader.stop();
    this.#readers.clear();
    this.#takeHeld();
  }

  /** Takes the pictures whose place wasn't known until now that no more come. */
  #takeHeld(): void {
    const held = this.#clock?.close() ?? [];
    this.#clock = undefined;
    for (const { frame, stampUs } of held) {
      const options = { medium: 'video', stampUs, overflow: 'drop-newest' } as const;
      // A failure is told by the recorder.
      this.#options.take(frame, options).catch(() => undefined);
    }
  }

  #readVideo(
    source: AsyncIterable<VideoFrame>,
    clock: StreamClock | undefined,
  ): SourceReader<VideoFrame> {
    const overflow = this.#overflowOf(source);
    return this.#read('video', source, {
      check: checkVideo,
      take: async (frame) => {
        const placed = [...(clock?.video(frame) ?? [{ frame, stampUs: frame.timestampUs }])];
        try {
          for (let one = placed.shift(); one; one = placed.shift()) {
            const { stampUs } = one;
            await this.#options.take(one.frame, { medium: 'video', stampUs, overflow });
          }
        } finally {
          for (const one of placed) one.frame.close();
        }
      },
    });
  }

  #readAudio(
    source: AsyncIterable<AudioFrame>,
    clock: StreamClock | undefined,
  ): SourceReader<AudioFrame> {
    const overflow = this.#overflowOf(source);
    return this.#read('audio', source, {
      check: checkAudio,
      take: (frame) => {
        const stampUs = clock?.audio(frame) ?? frame.timestampUs;
        return this.#options.take(frame, { medium: 'audio', stampUs, overflow });
      },
    });
  }

  /** The stream of a live track would only leave out frames by itself, where nobody asks it for the count. */
  #overflowOf(source: unknown): RecordingOverflow {
    const live = source instanceof VideoStream || source instanceof AudioStream;
    return this.#options.overflow ?? (live ? 'drop-newest' : 'wait');
  }

  #read<Frame extends VideoFrame | AudioFrame>(
    medium: Medium,
    source: AsyncIterable<Frame>,
    options: SourceReaderOptions<Frame>,
  ): SourceReader<Frame> {
    const reader = new SourceReader<Frame>(source, options);
    this.#media.add(medium);
    this.#readers.set(medium, reader);
    const over = (): void => {
      if (this.#readers.get(medium) !== reader) return;
      this.#readers.delete(medium);
      this.#options.ended(medium);
    };
    reader.done.then(over, over);
    return reader;
  }

  #checkFree(medium: Medium): void {
    if (!this.#readers.has(medium)) return;
    throw new FramewireError('invalid-state', `Another source of ${medium} is recorded already.`);
  }
}
