/**
 * A sample from -1 to 1 as a 16-bit integer from -32767 to 32767, rounded half away from zero.
 *
 * What lies outside is clamped, and `NaN` is silence: one broken sample of a model's output is a
 * click, not the end of the stream.
 */
export function int16FromFloat(sample: number): number {
  if (sample >= 1) return 32_767;
  if (sample <= -1) return -32_767;
  // `| 0` rounds towards zero, and makes 0 of NaN.
  return (sample * 32_767 + (sample < 0 ? -0.5 : 0.5)) | 0;
}
