import { checkInteger, checkOneOf } from '../core/check.js';

/**
 * Rates that LiveKit's native side works at: it cuts audio into 10 ms, which must be a whole number of
 * samples.
 */
export const SAMPLE_RATES = [
  8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000,
] as const;

/** @throws TypeError or RangeError if LiveKit doesn't carry audio of this form. */
export function checkAudioFormat(sampleRate: unknown, channels: unknown): void {
  checkOneOf(sampleRate, 'options.sampleRate', SAMPLE_RATES);
  checkInteger(channels, 'options.channels', { min: 1, max: 2 });
}
