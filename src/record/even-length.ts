/** The largest even number of pixels that is not above `length`, as I420 needs it; `least` if that's more. */
export function evenLength(length: number, least = 2): number {
  // What divides without a rest must not end just below.
  return Math.max(least, Math.floor((length + 1e-6) / 2) * 2);
}
