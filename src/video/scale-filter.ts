/** What the weights of an output sample add up to, as a power of two. */
export const WEIGHT_BITS = 14;

const WEIGHT_ONE = 1 << WEIGHT_BITS;

/** How each output sample along one axis is made of input samples. */
export interface ScaleFilter {
  /** Input samples for each output sample. */
  readonly taps: number;
  /** For each output sample, the first of its input samples. */
  readonly starts: Int32Array;
  /** `taps` weights for each output sample, that add up to `1 << WEIGHT_BITS`. */
  readonly weights: Int32Array;
}

/**
 * The filter from `from` samples to `to`: each output is the average of the stretch of input that it
 * covers if there are fewer, and lies on the line between two neighbours if there are more.
 */
export function scaleFilter(from: number, to: number): ScaleFilter {
  return from > to ? areaFilter(from, to) : linearFilter(from, to);
}

/** In units of 1 / `to` input samples: output `x` covers `from` of them from `x * from` on. */
function areaFilter(from: number, to: number): ScaleFilter {
  let taps = 0;
  for (let x = 0; x < to; x++) {
    const end = Math.ceil(((x + 1) * from) / to);
    taps = Math.max(taps, end - Math.floor((x * from) / to));
  }
  const starts = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let x = 0; x < to; x++) {
    // Not beyond the end of the input, where a narrower stretch leaves weights of 0 in front.
    const start = Math.min(Math.floor((x * from) / to), from - taps);
    starts[x] = start;
    let given = 0;
    for (let tap = 0; tap < taps; tap++) {
      // Rounds what is covered so far, not each weight: so they add up exactly.
      const covered = Math.min(Math.max((start + tap + 1) * to - x * from, 0), from);
      const due = Math.round((covered * WEIGHT_ONE) / from);
      weights[x * taps + tap] = due - given;
      given = due;
    }
  }
  return { taps, starts, weights };
}

/** The centres of the first and of the last samples keep their distance to the edges. */
function linearFilter(from: number, to: number): ScaleFilter {
  const taps = from === to || from === 1 ? 1 : 2;
  const starts = new Int32Array(to);
  const weights = new Int32Array(to * taps).fill(WEIGHT_ONE);
  for (let x = 0; x < to; x++) {
    const position = ((2 * x + 1) * from) / (2 * to) - 0.5;
    const start = Math.min(Math.max(Math.floor(position), 0), from - taps);
    starts[x] = start;
    if (taps === 1) continue;
    const second = Math.round(Math.min(Math.max(position - start, 0), 1) * WEIGHT_ONE);
    weights[2 * x] = WEIGHT_ONE - second;
    weights[2 * x + 1] = second;
  }
  return { taps, starts, weights };
}
