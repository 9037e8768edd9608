/**
 * The samples, interleaved, with another number of channels. Mono is heard in every channel, and is
 * the mean of all. Else channels that there are more of lie silent, and of fewer each is the mean of
 * every `to`th of the others.
 */
export function remix(data: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return data;
  const samples = data.length / from;
  const out = new Int16Array(samples * to);
  for (let i = 0; i < samples; i++) {
    for (let channel = 0; channel < to; channel++) {
      out[i * to + channel] = mixed(data, { at: i * from, from, to, channel });
    }
  }
  return out;
}

/** One sample of a channel of the new ones. */
function mixed(
  data: Int16Array,
  options: {
    readonly at: number;
    readonly from: number;
    readonly to: number;
    readonly channel: number;
  },
): number {
  const { at, from, to, channel } = options;
  if (from === 1) return data[at] ?? 0;
  if (channel >= from) return 0;
  let sum = 0;
  let count = 0;
  for (let other = channel; other < from; other += to) {
    sum += data[at + other] ?? 0;
    count += 1;
  }
  return Math.round(sum / count);
}
