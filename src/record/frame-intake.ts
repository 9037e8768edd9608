import type { AudioFrame } from '../audio/audio-frame.js';
import { monotonicUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { VideoFrame } from '../video/video-frame.js';
import type { Assembler } from './assembler.js';
import type { RecordingOverflow } from './recorder-options.js';
import type { Medium } from './timeline.js';

/** How a {@link FrameIntake} takes a frame. */
export interface IntakeOptions {
  readonly medium: Medium;
  readonly stampUs: number;
  readonly overflow: RecordingOverflow;
}

/** Somebody who waits for room. */
interface Waiter {
  readonly medium: Medium;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Takes frames, and has those who give them wait for room. */
export class FrameIntake {
  readonly #assembler: Assembler;
  readonly #records: (medium: Medium) => boolean;
  readonly #waiters = new Set<Waiter>();
  /** Media whose time stamps were all 0, and so say nothing. */
  readonly #unstamped: { -readonly [M in Medium]?: boolean } = {};
  #ended: { readonly reason: unknown } | undefined;

  /** @param records - Whether such a medium may be recorded. */
  constructor(assembler: Assembler, records: (medium: Medium) => boolean) {
    this.#assembler = assembler;
    this.#records = records;
  }

  /** Why nothing is taken any more, once that is so. */
  get ended(): { readonly reason: unknown } | undefined {
    return this.#ended;
  }

  /** Takes a frame. Takes ownership. Resolves when there is room for more. */
  async take(
    frame: VideoFrame | AudioFrame,
    { medium, stampUs, overflow }: IntakeOptions,
  ): Promise<void> {
    const waits = overflow === 'wait';
    try {
      this.#checkTaken(frame, medium, waits);
      const given = { stampUs: this.#stamp(medium, stampUs), nowUs: monotonicUs(), waits };
      if (frame instanceof VideoFrame) {
        this.#assembler.video({ ...given, frame: ownPicture(frame) });
      } else {
        this.#assembler.audio({ ...given, frame });
      }
    } catch (error) {
      frame.close();
      throw error;
    }
    if (!waits || this.#assembler.hasRoom(medium)) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.add({ medium, resolve, reject });
    });
  }

  /** Resolves what waits for room that is there now. */
  wake(): void {
    for (const waiter of this.#waiters) {
      if (!this.#assembler.hasRoom(waiter.medium)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Takes nothing any more, and rejects what waits. Called again, it's for another reason. */
  end(reason: unknown): void {
    this.#ended = { reason };
    for (const { reject } of this.#waiters) reject(reason);
    this.#waiters.clear();
  }

  /** @throws Why a frame isn't taken. */
  #checkTaken(frame: VideoFrame | AudioFrame, medium: Medium, waits: boolean): void {
    if (this.#ended) throw this.#ended.reason as Error;
    if (frame.closed) throw new FramewireError('closed', 'The frame is closed.');
    const { format } = this.#assembler;
    if (!this.#records(medium) || (format && !format[medium])) {
      throw new FramewireError('invalid-state', `The recording has no ${medium}.`);
    }
    if (waits && this.#assembler.overflows(medium)) {
      throw new FramewireError(
        'overflow',
        "With overflow 'wait', await what write() returns: too many frames wait to be encoded.",
      );
    }
  }

  #stamp(medium: Medium, stampUs: number): number | undefined {
    if (stampUs > 0) this.#unstamped[medium] = false;
    const follows = this.#unstamped[medium] === true;
    this.#unstamped[medium] ??= true;
    return follows ? undefined : stampUs;
  }
}

/** The picture as what is recorded of it, in memory that nobody else writes to. Takes ownership of the frame. */
function ownPicture(frame: VideoFrame): VideoFrame {
  if (frame.format === 'I420') return frame.handOver();
  const picture = frame.convert('I420');
  frame.close();
  return picture;
}
