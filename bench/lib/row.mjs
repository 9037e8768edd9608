import { median } from './statistics.mjs';

/**
 * Runs each of `programs` once a round, in turn, so that a machine which is busy for a while is busy for all.
 *
 * @returns For each program what it gave in all rounds.
 */
export async function inTurn(rounds, programs) {
  const results = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(programs)) results[name].push(await run());
  }
  return results;
}

/**
 * A row of the table.
 *
 * @param sides - The values of each side in each round; the median counts.
 * @param mostRatio - The most that the first side's value may be of the second's.
 * @param chart - What the chart calls it, if it's there.
 * @param rounds - Of how many rounds the values are, if each is the median of several already.
 * @param target - Another rule: `text`, and `met` which gets the medians.
 */
export function row({ name, node, unit, sides, rounds, mostRatio, target, chart, more }) {
  const values = Object.fromEntries(
    Object.entries(sides)
      .filter(([, all]) => all.length > 0)
      .map(([side, all]) => [side, median(all)]),
  );
  const [ours, theirs] = Object.values(values);
  const ratio = theirs === undefined ? undefined : ours / theirs;
  const rule =
    target ??
    (mostRatio !== undefined && {
      text: `≤ ${mostRatio >= 0.5 ? `${mostRatio}x` : `1/${Math.round(1 / mostRatio)}`}`,
      met: () => ratio <= mostRatio,
    });
  return {
    name,
    ...(node && { node }),
    unit,
    values,
    rounds: rounds ?? Math.max(...Object.values(sides).map((all) => all.length)),
    ...(ratio !== undefined && { ratio }),
    ...(rule && { target: rule.text, met: rule.met(values) }),
    ...(chart && { chart }),
    ...(more && { more }),
  };
}
