/** What 0 dBFS is: the largest sample that 16 bits can hold, without its sign. */
const FULL_SCALE = 32_768;

/** The level of a mean of squared samples, in dBFS. `-Infinity` for silence. */
export function powerDb(meanSquare: number): number {
  return 10 * Math.log10(meanSquare / FULL_SCALE ** 2);
}

/** The level of a peak, in dBFS. `-Infinity` for silence. */
export function peakDb(peak: number): number {
  return 20 * Math.log10(peak / FULL_SCALE);
}
