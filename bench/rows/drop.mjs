import { inTurn, row } from '../lib/row.mjs';

const MOST_US = 20;

/** A 1080p frame that is left out, which a stream does at the full rate of the track. */
export const drop = {
  name: 'drop',
  async *run({ rounds, run, nodes }) {
    for (const { version, path } of nodes) {
      const results = await inTurn(Math.min(rounds, 2), {
        fps: () => run(['drop.mjs', 'fps'], { node: path }),
        capacity: () => run(['drop.mjs', 'capacity'], { node: path }),
      });
      for (const why of ['fps', 'capacity']) {
        yield row({
          name: `a frame dropped by \`${why}\``,
          node: version,
          unit: 'µs',
          sides: { framewire: results[why].map(({ us }) => us.p50) },
          target: { text: `≤ ${MOST_US} µs`, met: ({ framewire }) => framewire <= MOST_US },
          more: results[why],
        });
      }
    }
  },
};
