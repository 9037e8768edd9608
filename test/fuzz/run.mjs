// `npm run fuzz`: random calls with hostile arguments, in child processes. Any exit but 0 is a failure, and
// prints how to have it again.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXEMPT, SELF_TESTS, TARGETS } from './targets.mjs';

const HELP = `Usage: npm run fuzz -- [options]

  --class NAME[,NAME]  only these; --list says which there are
  --seed N             default: a new one
  --calls N            of each class; default 10000
  --minutes N          goes on with new seeds until they are over
  --local              only what needs no server
  --rooms              only what needs one
  --together           all in one process, or two: quicker, for a few calls
  --rss MIB            the most memory of a process; default 1500
  --stall SECONDS      how long a process may say nothing; default 60
  --patience SECONDS   how long a call may take; default 30
  --list               the classes and what they cover, as JSON`;

const { values: given } = parseArgs({
  options: {
    class: { type: 'string' },
    seed: { type: 'string' },
    calls: { type: 'string', default: '10000' },
    minutes: { type: 'string' },
    local: { type: 'boolean', default: false },
    rooms: { type: 'boolean', default: false },
    together: { type: 'boolean', default: false },
    rss: { type: 'string', default: '1500' },
    stall: { type: 'string', default: '60' },
    patience: { type: 'string', default: '30' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const child = join(dirname(fileURLToPath(import.meta.url)), 'child.mjs');

function number(name, { min, max = 2 ** 32 - 1 }) {
  const value = Number(given[name]);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${name} must be an integer from ${min} to ${max}, got ${given[name]}.`);
}

/** The classes that were asked for. */
function chosenClasses() {
  const names = given.class?.split(',') ?? Object.keys(TARGETS);
  const known = { ...TARGETS, ...SELF_TESTS };
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no class '${unknown}'. There are: ${Object.keys(TARGETS).join(', ')}.`,
    );
  }
  return names.filter((name) => {
    if (given.local) return !needsRoom(name);
    return !given.rooms || needsRoom(name);
  });
}

function needsRoom(name) {
  return TARGETS[name]?.room === true;
}

/** Runs one child to its end. @returns what is wrong, if anything. */
async function runChild(classes, { seed, calls, server }) {
  const folder = mkdtempSync(join(tmpdir(), 'framewire-fuzz-'));
  const settings = {
    folder,
    classes,
    seed,
    calls,
    maxRssBytes: number('rss', { min: 1 }) * 2 ** 20,
    patienceMs: number('patience', { min: 1 }) * 1000,
  };
  const started = spawn(process.execPath, ['--expose-gc', child, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      RUST_LOG: 'off',
      ...(server && { FRAMEWIRE_FUZZ_SERVER: JSON.stringify(server) }),
    },
  });
  let stalled = false;
  const stopWatch = watchFolder(folder, () => {
    stalled = true;
    started.kill('SIGKILL');
  });
  const { code, signal } = await new Promise((resolve) => {
    started.once('exit', (code, signal) => resolve({ code, signal }));
  });
  stopWatch();
  const result = readResult(folder);
  for (const one of result.done) printRow(one);
  const good = code === 0 && result.complete;
  if (!good) {
    const name = result.failed ?? classes[result.done.length] ?? classes.at(-1);
    const how = stalled
      ? result.complete
        ? 'The process does not end by itself.'
        : 'The process hangs.'
      : (result.how ?? `The process ended with ${signal ?? `exit code ${code}`}.`);
    printFailure(name, { seed, calls, folder, how });
  }
  rmSync(folder, { recursive: true, force: true });
  return good;
}

/** Calls `onStall` when nothing was written for too long. */
function watchFolder(folder, onStall) {
  let last = '';
  let silentSeconds = 0;
  const most = number('stall', { min: 1 });
  const timer = setInterval(() => {
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    const now = sizes.join(' ');
    silentSeconds = now === last ? silentSeconds + 1 : 0;
    last = now;
    if (silentSeconds >= most) onStall();
  }, 1000);
  return () => clearInterval(timer);
}

function readResult(folder) {
  const path = join(folder, 'result.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { done: [] };
}

function printRow({ name, calls, values, errors, reentrant, seconds, rssBytes }) {
  const row = [
    name.padEnd(20),
    `${calls} calls`.padStart(14),
    `${values} values`.padStart(14),
    `${errors} errors`.padStart(14),
    `${reentrant} re-entrant`.padStart(17),
    `${seconds.toFixed(1)} s`.padStart(8),
    `${Math.round(rssBytes / 2 ** 20)} MiB`.padStart(9),
  ];
  console.log(row.join(''));
}

function printFailure(name, { seed, calls, folder, how }) {
  const path = join(folder, `${name}.log`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  console.log(`\nFAILED ${name}, seed ${seed}, Node ${process.version}\n\n${how}\n`);
  console.log(`The last of its ${lines.length} calls:\n  ${lines.slice(-12).join('\n  ')}\n`);
  console.log(`Again: npm run fuzz -- --class ${name} --seed ${seed} --calls ${calls}\n`);
}

/** A server for the classes that need one. */
async function startServer() {
  const { startLiveKitServer } = await import('framewire/server');
  return startLiveKitServer({ logLevel: 'error' });
}

async function main() {
  if (given.help) return console.log(HELP);
  if (given.list) {
    const covered = Object.values(TARGETS).flatMap((one) => one.covers);
    return console.log(JSON.stringify({ classes: Object.keys(TARGETS), covered, exempt: EXEMPT }));
  }
  let classes = chosenClasses();
  const calls = number('calls', { min: 1 });
  let seed =
    given.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : number('seed', { min: 0 });
  const untilMs = given.minutes ? Date.now() + number('minutes', { min: 1 }) * 60_000 : 0;
  let handle;
  if (classes.some((name) => needsRoom(name))) {
    try {
      handle = await startServer();
    } catch (error) {
      console.log(`There is no LiveKit server, so nothing with a room is tested: ${error.message}`);
      if (process.env.CI) process.exitCode = 1;
      classes = classes.filter((name) => !needsRoom(name));
    }
  }
  const server = handle && { url: handle.url, apiKey: handle.apiKey, apiSecret: handle.apiSecret };
  try {
    do {
      console.log(`seed ${seed}, ${calls} calls a class, Node ${process.version}`);
      if (!(await runAll(classes, { seed, calls, server }))) process.exitCode = 1;
      seed = (seed + 1) >>> 0;
    } while (Date.now() < untilMs && !process.exitCode);
  } finally {
    await handle?.close();
  }
}

async function runAll(classes, options) {
  const local = classes.filter((name) => !needsRoom(name));
  const rooms = classes.filter((name) => needsRoom(name));
  const groups = given.together ? [local, rooms] : classes.map((name) => [name]);
  let good = true;
  for (const group of groups) {
    if (group.length > 0) good = (await runChild(group, options)) && good;
  }
  return good;
}

await main();
