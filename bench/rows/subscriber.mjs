import { inTurn, row } from '../lib/row.mjs';
import { startAndWait } from '../lib/programs.mjs';

const [WIDTH, HEIGHT, FPS] = [1280, 720, 30];
const SECONDS = 5;
const MOST_LATER_MS = 1;

/** 720p30 through a real server, each subscriber in turn: how late frames are, and what they cost it. */
export const subscriber = {
  name: 'subscriber',
  needsServer: true,
  async *run({ rounds, run, server, python }) {
    const room = 'bench-subscriber';
    const publisher = await startAndWait([
      'publisher.mjs',
      server.url,
      await server.token('publisher', room),
      ...[WIDTH, HEIGHT, FPS],
    ]);
    let count = 0;
    const details = async () => [
      server.url,
      await server.token(`subscriber-${(count += 1)}`, room),
      WIDTH,
      SECONDS,
    ];
    const node = (side) => async () => run(['subscriber.mjs', side, ...(await details())]);
    const results = await inTurn(rounds, {
      framewire: node('framewire'),
      'rtc-node': node('rtc-node'),
      ...(python && {
        python: async () => run(['python_subscriber.py', 'subscriber', ...(await details())]),
      }),
    });
    publisher.kill();
    const of = (pick) =>
      Object.fromEntries(Object.entries(results).map(([side, all]) => [side, all.map(pick)]));
    const later = {
      text: `≤ ${MOST_LATER_MS} ms above the better of the others`,
      met: ({ framewire, ...others }) =>
        framewire <= Math.min(...Object.values(others)) + MOST_LATER_MS,
    };
    yield row({
      name: '720p30 through a server, capture to delivery, p50',
      unit: 'ms',
      sides: of(({ latencyMs }) => latencyMs.p50),
      target: later,
      chart: '720p30 through a server, latency',
      more: results,
    });
    yield row({
      name: '720p30 through a server, capture to delivery, p95',
      unit: 'ms',
      sides: of(({ latencyMs }) => latencyMs.p95),
    });
    yield row({
      name: 'CPU of a subscriber process for a frame of 720p30',
      unit: 'ms',
      sides: of(({ cpuMsPerFrame }) => cpuMsPerFrame),
      chart: 'CPU to receive a frame of 720p30',
      target: {
        text: "< rtc-node's",
        met: (values) => values.framewire < values['rtc-node'],
      },
    });
  },
};
