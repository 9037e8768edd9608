import { row } from '../lib/row.mjs';

/** Two measurements of one and the same thing differ by so much. */
const TOLERANCE = 1.1;

/** Each conversion of a 1080p frame: bench/convert.mjs, which can be run by itself. */
export const convert = {
  name: 'convert',
  async *run({ run, rounds }) {
    const inner = 2 * rounds - 1;
    const { pairs } = await run(['../convert.mjs', '--json', '--rounds', inner]);
    for (const { from, to, framewireMs, rtcNodeMs, nativeMs, ownMs } of pairs) {
      const native = nativeMs !== undefined;
      yield row({
        name: `convert 1080p ${from} to ${to}`,
        unit: 'ms',
        rounds: inner,
        sides: { framewire: [framewireMs], 'rtc-node': native ? [rtcNodeMs] : [] },
        ...(native && {
          target: {
            text: `≤ native's ${nativeMs.toFixed(2)} ms`,
            met: () => framewireMs <= TOLERANCE * nativeMs,
          },
        }),
        more: { ownMs, nativeMs },
      });
    }
  },
};
