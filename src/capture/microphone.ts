import type { AudioStreamStats } from '../audio/audio-stats.js';
import type { ChosenBackend } from './audio-backend.js';
import { type CapturedAudioSettings, CapturedAudioStream } from './captured-audio-stream.js';
import type { MicrophoneFeed } from './microphone-feed.js';

/** What a {@link Microphone} has counted since it was opened. */
export interface MicrophoneStats extends AudioStreamStats {
  /** How often the device was lost and came back, with `reopen`. Each is a jump in `frame.timestampUs`. */
  readonly reopened: number;
}

/** The events of a {@link Microphone} that was opened with `reopen`, each with its arguments. */
export interface MicrophoneEvents {
  /** The device is gone, as the error says, and waited for. Without `reopen` the stream ends with the error. */
  readonly deviceLost: readonly [error: Error];
  /** The device is back. */
  readonly deviceReopened: readonly [];
}

/**
 * What a microphone hears, as an async iterator of frames: see {@link openMicrophone}.
 *
 * `frame.timestampUs` is when the frame's first sample was captured, on the machine's monotonic clock, counted by
 * samples. A reader who is too slow gets what is fresh: what it missed is counted, and shows as a jump. The
 * reader gets a FramewireError `device` when the device is lost.
 */
export class Microphone extends CapturedAudioStream<MicrophoneEvents> {
  /** The device, as it was asked for; `undefined` for the default one. */
  readonly device: string | undefined;
  /** By what it's reached. */
  readonly backend: ChosenBackend;
  readonly #feed: MicrophoneFeed;

  /** @internal */
  constructor(
    feed: MicrophoneFeed,
    settings: CapturedAudioSettings & {
      readonly device: string | undefined;
      readonly backend: ChosenBackend;
    },
  ) {
    super(
      (sink) =>
        feed.start(sink, {
          lost: (error) => this.emit('deviceLost', error),
          reopened: () => this.emit('deviceReopened'),
        }),
      settings,
    );
    this.device = settings.device;
    this.backend = settings.backend;
    this.#feed = feed;
  }

  /** What was counted so far. */
  override get stats(): MicrophoneStats {
    return { ...super.stats, reopened: this.#feed.reopened };
  }
}
