/** Buckets in each doubling: values are kept to within 1/32, about 3 %. */
const BUCKETS_PER_DOUBLING = 32;

/** As many as there are up to the largest safe integer. */
const BUCKETS = bucketOf(Number.MAX_SAFE_INTEGER) + 1;

/** Percentiles of a distribution. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/**
 * Counts values in buckets whose width grows with the value, as HdrHistogram does: percentiles of
 * any number of values in a fixed amount of memory, each to within about 3 %.
 *
 * Values are integers of at least 0, such as microseconds; below 32 they are exact.
 */
export class Histogram {
  // Made with the first value: most histograms of a room full of streams never get one.
  #counts: Uint32Array | undefined;
  #total = 0;
  #highest = 0;

  /** How many values were added. */
  get count(): number {
    return this.#total;
  }

  /** Adds a value; a negative one counts as 0. */
  add(value: number): void {
    const index = bucketOf(Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER));
    this.#counts ??= new Uint32Array(BUCKETS);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
    this.#highest = Math.max(this.#highest, index);
  }

  /** Forgets all values. */
  clear(): void {
    this.#counts?.fill(0);
    this.#total = 0;
    this.#highest = 0;
  }

  /** The value that a share of `quantile` (0 to 1) of the values doesn't exceed; 0 if there are none. */
  quantile(quantile: number): number {
    if (this.#total === 0) return 0;
    let left = Math.max(1, Math.ceil(quantile * this.#total));
    for (let index = 0; index < this.#highest; index++) {
      left -= this.#counts?.[index] ?? 0;
      if (left <= 0) return middleOf(index);
    }
    return middleOf(this.#highest);
  }

  /** The usual percentiles, each divided by `unit`, or undefined without values. */
  percentiles(unit = 1): Percentiles | undefined {
    if (this.#total === 0) return undefined;
    const at = (quantile: number): number => this.quantile(quantile) / unit;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}

function bucketOf(value: number): number {
  if (value < BUCKETS_PER_DOUBLING) return value;
  const doubling = Math.floor(Math.log2(value)) - 5;
  return doubling * BUCKETS_PER_DOUBLING + Math.floor(value / 2 ** doubling);
}

function middleOf(index: number): number {
  if (index < 2 * BUCKETS_PER_DOUBLING) return index;
  const doubling = Math.floor(index / BUCKETS_PER_DOUBLING) - 1;
  const start = (index - doubling * BUCKETS_PER_DOUBLING) * 2 ** doubling;
  return start + 2 ** doubling / 2;
}
