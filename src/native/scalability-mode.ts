/**
 * How many sizes (L) and frame rates (T) one stream of vp9 or av1 has within itself, by the W3C's names:
 * each size is twice the one below, or 1.5 times with `h`. With `_KEY` a larger size needs the smaller
 * one at key frames alone, which is what a server wants that sends each subscriber one size; with
 * `_KEY_SHIFT` the key frames of the sizes come one after the other.
 */
export const SCALABILITY_MODES = [
  'L1T1',
  'L1T2',
  'L1T3',
  'L2T1',
  'L2T1h',
  'L2T1_KEY',
  'L2T2',
  'L2T2h',
  'L2T2_KEY',
  'L2T2_KEY_SHIFT',
  'L2T3',
  'L2T3h',
  'L2T3_KEY',
  'L3T1',
  'L3T1h',
  'L3T1_KEY',
  'L3T2',
  'L3T2h',
  'L3T2_KEY',
  'L3T3',
  'L3T3h',
  'L3T3_KEY',
] as const;

/** One of {@link SCALABILITY_MODES}. */
export type ScalabilityMode = (typeof SCALABILITY_MODES)[number];
