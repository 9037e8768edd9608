import { row } from '../lib/row.mjs';

/** Where the event loop's time goes for one received frame of ours. */
export const stages = {
  name: 'stages',
  async *run({ run, nodes }) {
    for (const { version, path } of nodes) {
      const times = await run(['stages.mjs', 'I420'], { node: path });
      for (const [stage, us] of Object.entries(times)) {
        const result = row({
          name: stage === 'all' ? 'a frame, all stages' : `a frame's ${stage}`,
          node: version,
          unit: 'µs',
          sides: { framewire: [us.p50] },
          more: us,
        });
        yield { ...result, stage };
      }
    }
  },
};
