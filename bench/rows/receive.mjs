import { inTurn, row } from '../lib/row.mjs';

/** What each row must reach, by major version of Node. */
const ROWS = [
  { format: 'I420', access: 'data', most: { 20: 0.7, 24: 0.7 } },
  { format: 'I420', access: 'borrow', most: { 24: 1 / 5 } },
  { format: 'RGBA', access: 'data', most: { 20: 1 / 10, 24: 1 / 15 } },
  { format: 'RGBA', access: 'borrow', most: { 24: 1 / 50 } },
];

/** A 1080p frame from the native callback to the end of the loop's body, on both Nodes. */
export const receive = {
  name: 'receive',
  async *run({ rounds, run, nodes }) {
    for (const { version, path } of nodes) {
      const major = Number(version.split('.')[0]);
      for (const format of ['I420', 'RGBA']) {
        const program = (side, access) => () =>
          run(['receive.mjs', side, format, access], { node: path });
        const results = await inTurn(rounds, {
          data: program('framewire', 'data'),
          borrow: program('framewire', 'borrow'),
          theirs: program('rtc-node', 'data'),
        });
        for (const { access, most } of ROWS.filter((one) => one.format === format)) {
          const means = (side) => results[side].map(({ mean }) => mean);
          yield row({
            name: `receive 1080p ${format}, ${access === 'data' ? '`data`' : '`borrow()`'}`,
            node: version,
            unit: 'ms',
            sides: { framewire: means(access), 'rtc-node': means('theirs') },
            mostRatio: most[major],
            chart: `1080p ${format} to the loop, ${access === 'data' ? 'data' : 'borrow()'}`,
            more: { framewire: results[access], 'rtc-node': results.theirs },
          });
        }
      }
    }
  },
};
