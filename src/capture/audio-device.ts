import { shown } from '../core/check.js';

/** What samples a device gives or takes. */
export interface AudioForm {
  /** Samples a second of a channel. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** What is asked of a back end. */
export interface AudioDeviceRequest extends AudioForm {
  /** By the name that the system has for it; `undefined` is the default one. */
  readonly device: string | undefined;
  /** How long the device may pause before it counts as lost. */
  readonly stallMs: number;
  readonly ffmpegPath: string | undefined;
  readonly naudiodonPath: string | undefined;
}

/** What becomes of a microphone that was opened. */
export interface InputEvents {
  /**
   * Samples, which are the listener's.
   *
   * @param endUs - When the last of them was captured at the latest, on the monotonic clock.
   */
  readonly samples: (samples: Int16Array, endUs: number) => void;
  /** The device is gone, and nothing comes any more. Told once, and not after `close()`. */
  readonly lost: (error: Error) => void;
}

/** A microphone that was opened. */
export interface OpenInput {
  /** Frees the device. Resolves once it's free. Safe to call twice. */
  close(): Promise<void>;
}

/** What becomes of a speaker that was opened. */
export interface OutputEvents {
  /** The device has taken that many samples of each channel more. */
  readonly taken: (samples: number) => void;
  /** The device is gone, and takes nothing any more. Told once, and not after `close()`. */
  readonly lost: (error: Error) => void;
}

/** A speaker that was opened. */
export interface OpenOutput {
  /** How much the device itself holds of what it has taken, at most. */
  readonly deviceMs: number;
  /** Hands samples over, which are the device's then. Whoever writes keeps count of what was taken. */
  write(samples: Int16Array): void;
  /** Frees the device, without playing what it holds. Resolves once it's free. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens a microphone; resolves when the first samples come.
 *
 * @throws FramewireError `device` if it isn't there or can't be used, `not-found` or `unsupported` if what
 * reaches it isn't; the signal's reason if that aborts.
 */
export type OpenInputDevice = (
  request: AudioDeviceRequest,
  events: InputEvents,
  signal: AbortSignal,
) => Promise<OpenInput>;

/** Opens a speaker; resolves when it plays. Throws as {@link OpenInputDevice}. */
export type OpenOutputDevice = (
  request: AudioDeviceRequest,
  events: OutputEvents,
  signal: AbortSignal,
) => Promise<OpenOutput>;

/** The device as it stands in a message. */
export function namedDevice(
  direction: 'microphone' | 'speaker',
  device: string | undefined,
): string {
  return device === undefined ? `The default ${direction}` : `The ${direction} ${shown(device)}`;
}
