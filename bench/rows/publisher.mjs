import { inTurn, row } from '../lib/row.mjs';

const MOST = 1 / 3;

/** RGBA frames as they are, against making I420 of them first. */
export const publisher = {
  name: 'publisher',
  usesServer: true,
  async *run({ rounds, run, server }) {
    const program = (side, how) => () => run(['capture.mjs', side, how, 1920, 1080]);
    const results = await inTurn(Math.min(rounds, 3), {
      direct: program('framewire', 'direct'),
      theirs: program('rtc-node', 'convert'),
      ours: program('framewire', 'convert'),
    });
    const ms = (name) => results[name].map(({ cpuMsPerFrame }) => cpuMsPerFrame);
    yield row({
      name: 'CPU to capture 1080p RGBA (rtc-node: converts first)',
      unit: 'ms',
      sides: { framewire: ms('direct'), 'rtc-node': ms('theirs') },
      mostRatio: MOST,
      chart: 'CPU to capture 1080p RGBA',
      more: results,
    });
    yield row({
      name: 'CPU to capture 1080p RGBA, converting first',
      unit: 'ms',
      sides: { framewire: ms('ours'), 'rtc-node': ms('theirs') },
    });
    if (!server) return;
    let count = 0;
    const live = (side, how) => async () => {
      const token = await server.token(`publisher-${(count += 1)}`, 'bench-publisher');
      return run(['capture.mjs', side, how, 1280, 720, server.url, token]);
    };
    const published = await inTurn(Math.min(rounds, 3), {
      framewire: live('framewire', 'direct'),
      'rtc-node': live('rtc-node', 'convert'),
    });
    yield row({
      name: 'CPU of a process that publishes 720p30 RGBA, encoder and all',
      unit: 'ms',
      sides: Object.fromEntries(
        Object.entries(published).map(([side, all]) => [
          side,
          all.map(({ cpuMsPerFrame }) => cpuMsPerFrame),
        ]),
      ),
      target: {
        text: "< rtc-node's",
        met: (values) => values.framewire < values['rtc-node'],
      },
    });
  },
};
