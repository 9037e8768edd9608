import { row } from '../lib/row.mjs';

const MOST_GROWTH_MB = 50;
/** rtc-node's side ends when it has grown by so much: it would take all of the machine's memory. */
const ENOUGH_MB = 1000;
const FRAME_MS = 1000 / 30;
const KINDS = [
  { how: 'sleeps', name: 'sleeps 500 ms', ms: 500 },
  { how: 'computes', name: 'computes 200 ms', ms: 200 },
];

/** Consumers that are slower than 1080p at 30 frames a second. */
export const consumer = {
  name: 'consumer',
  async *run({ run, seconds }) {
    for (const { how, name, ms } of KINDS) {
      const sides = {};
      for (const side of ['framewire', 'rtc-node']) {
        sides[side] = await run(['consumer.mjs', side, how, seconds, ENOUGH_MB]);
      }
      const of = (pick) =>
        Object.fromEntries(Object.entries(sides).map(([side, result]) => [side, [pick(result)]]));
      const theirs = sides['rtc-node'].seconds;
      const until = theirs < seconds - 1 ? ` (rtc-node: ended after ${theirs.toFixed(0)} s)` : '';
      yield row({
        name: `${name}: memory grows in ${seconds} s${until}`,
        unit: 'MB',
        sides: of(({ growthMb }) => growthMb),
        chart: `Loop ${name}: memory grows by`,
        target: {
          text: `≤ ${MOST_GROWTH_MB} MB`,
          met: ({ framewire }) => framewire <= MOST_GROWTH_MB,
        },
      });
      yield row({
        name: `${name}: age of its frames, the oldest`,
        unit: 'ms',
        sides: of(({ ages }) => ages.max),
        chart: `Loop ${name}: oldest frame it gets`,
        target: {
          text: `≤ ${Math.round(FRAME_MS + ms)} ms`,
          met: ({ framewire }) => framewire <= FRAME_MS + ms,
        },
        more: sides,
      });
    }
  },
};
