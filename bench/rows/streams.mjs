import { inTurn, row } from '../lib/row.mjs';
import { median } from '../lib/statistics.mjs';

const MOST_GROWTH = 1.5;

/** What reading many streams makes of the cost of a frame. */
export const streams = {
  name: 'streams',
  async *run({ rounds, run }) {
    const program = (side, count) => () => run(['streams.mjs', side, count]);
    const results = await inTurn(Math.min(rounds, 3), {
      one: program('framewire', 1),
      many: program('framewire', 64),
      theirOne: program('rtc-node', 1),
      theirMany: program('rtc-node', 64),
    });
    const ms = (name) => results[name].map(({ msPerFrame }) => msPerFrame);
    yield row({
      name: 'a frame of 1 stream',
      unit: 'ms',
      sides: { framewire: ms('one'), 'rtc-node': ms('theirOne') },
    });
    const growth = median(ms('many')) / median(ms('one'));
    yield row({
      name: 'a frame of 64 streams',
      unit: 'ms',
      sides: { framewire: ms('many'), 'rtc-node': ms('theirMany') },
      target: {
        text: `≤ ${MOST_GROWTH}x of 1 stream (${growth.toFixed(2)}x)`,
        met: () => growth <= MOST_GROWTH,
      },
      chart: 'A frame of 64 streams',
      more: results,
    });
  },
};
