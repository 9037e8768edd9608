// All benchmarks: `npm run bench`. What each row means: bench/README.md.
//
//   --only <name>     only rows of this bench, or whose name has this in it; may be given more than once
//   --rounds <n>      rounds of which the median is taken; default 5
//   --seconds <n>     how long the slow consumers run; default 60
//   --node <path>     the other Node on which what depends on it is measured; default: the one of the tests
//   --json            prints JSON instead of the table
//   --write           also writes bench/results.json, the table in bench/README.md and docs/bench.svg

import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { startServer } from './lib/live-server.mjs';
import { nodes, python, run } from './lib/programs.mjs';
import { printRow } from './lib/table.mjs';
import { writeFigures } from './lib/write.mjs';
import { consumer } from './rows/consumer.mjs';
import { convert } from './rows/convert.mjs';
import { device } from './rows/device.mjs';
import { drop } from './rows/drop.mjs';
import { many } from './rows/many.mjs';
import { publisher } from './rows/publisher.mjs';
import { receive } from './rows/receive.mjs';
import { record } from './rows/record.mjs';
import { stages } from './rows/stages.mjs';
import { streams } from './rows/streams.mjs';
import { subscriber } from './rows/subscriber.mjs';

const BENCHES = [
  receive,
  stages,
  drop,
  streams,
  consumer,
  subscriber,
  publisher,
  many,
  device,
  record,
  convert,
];
const names = BENCHES.map(({ name }) => name).join(', ');

function usage(fault) {
  console.error(
    `${fault}\nnpm run bench -- [--only ${names}] [--rounds <n>] [--seconds <n>] [--json] [--write]`,
  );
  process.exit(2);
}

function options() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '60' },
        node: { type: 'string' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return usage(error.message);
  }
}

const { only, node, json, write, ...numbers } = options();
const measuredOn = nodes(node);
const [rounds, seconds] = [Number(numbers.rounds), Number(numbers.seconds)];
if (!Number.isInteger(rounds) || rounds < 1)
  usage(`--rounds must be a positive integer, got ${numbers.rounds}.`);
if (!(seconds >= 5)) usage(`--seconds must be a number of at least 5, got ${numbers.seconds}.`);
for (const name of only) {
  if (!BENCHES.some((bench) => bench.name === name))
    usage(`--only must be one of ${names}, got ${name}.`);
}

/** Says what is no figure; stdout is for those. */
const say = (text) => console.error(text);

const chosen = BENCHES.filter(({ name }) => only.length === 0 || only.includes(name));
const wantServer = chosen.some(({ needsServer, usesServer }) => needsServer || usesServer);
if (!python) say("Rows of LiveKit's Python SDK are left out: the tests install it (npm test).");
const server = wantServer ? await startServer(say) : undefined;
const results = {
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${process.platform} ${release()}`,
  date: new Date().toISOString().slice(0, 10),
  nodes: measuredOn.map(({ version }) => version),
  rounds,
  seconds,
  rows: [],
};
try {
  for (const bench of chosen) {
    if (bench.needsServer && !server) continue;
    const context = { rounds, seconds, run, nodes: measuredOn, server, python, say };
    for await (const row of bench.run(context)) {
      results.rows.push({ bench: bench.name, ...row });
      if (!json) printRow(row);
    }
  }
} finally {
  await server?.close();
}
if (json) console.log(JSON.stringify(results, null, 1));
if (write) {
  writeFigures(
    results,
    BENCHES.map(({ name }) => name),
  );
}
process.exit(0);
