import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { row } from '../lib/row.mjs';
import { startAndWait, taskset } from '../lib/programs.mjs';

const [WIDTH, HEIGHT, FPS] = [640, 360, 15];
const STEP = 4;
/** With how many it begins. */
const FIRST = 16;
const MOST_STREAMS = 160;

/** How many subscribing participants a process has room for that is pinned to one core. */
export const many = {
  name: 'many',
  needsServer: true,
  async *run({ run, server, python, say }) {
    if (!taskset) {
      say('Streams of a pinned process: skipped, there is no second core or no taskset.');
      return;
    }
    const core = availableParallelism() - 1;
    const others = `0-${core - 1}`;
    // All else has the other cores to itself.
    if (server.pid) spawnSync(taskset, ['--all-tasks', '--cpu-list', '--pid', others, server.pid]);
    const room = 'bench-many';
    const token = (identity) => server.token(identity, room);
    const publisher = await startAndWait(
      ['publisher.mjs', server.url, await token('publisher'), WIDTH, HEIGHT, FPS],
      { core: others },
    );
    const results = {};
    for (const side of ['framewire', 'rtc-node', ...(python ? ['python'] : [])]) {
      const names = Array.from({ length: MOST_STREAMS }, (_, i) => `${side}-${i}`);
      const input = JSON.stringify(await Promise.all(names.map(token)));
      const args = [server.url, WIDTH, FPS, FIRST, STEP];
      const program =
        side === 'python' ? ['python_subscriber.py', 'many', ...args] : ['many.mjs', side, ...args];
      results[side] = await run(program, { core, input });
    }
    publisher.kill();
    yield row({
      name: 'streams of 360p15 that a process pinned to one core receives',
      unit: '',
      sides: Object.fromEntries(
        Object.entries(results).map(([side, { streams }]) => [side, [streams]]),
      ),
      target: {
        text: '≥ each of the others',
        met: ({ framewire, ...rest }) => framewire >= Math.max(...Object.values(rest)),
      },
      chart: 'Streams a core receives (more is better)',
      more: results,
    });
  },
};
