// All benchmarks: `npm run bench`, or `npm run bench -- --json`. Both sides take turns, so that a machine
// which is busy for a while is busy for both; what counts is the ratio of the medians.

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const ROUNDS = 5;
const json = process.argv.includes('--json');

const rows = [
  ['receive 1080p I420, data', ['framewire', 'I420', 'data'], ['rtc-node', 'I420', 'data']],
  ['receive 1080p I420, borrow', ['framewire', 'I420', 'borrow'], ['rtc-node', 'I420', 'data']],
  ['receive 1080p RGBA, data', ['framewire', 'RGBA', 'data'], ['rtc-node', 'RGBA', 'data']],
  ['receive 1080p RGBA, borrow', ['framewire', 'RGBA', 'borrow'], ['rtc-node', 'RGBA', 'data']],
];

function measure(args) {
  const output = execFileSync(process.execPath, [join(here, 'receive.mjs'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // rtc-node may have written its log to stdout before.
  return JSON.parse(output.trim().split('\n').at(-1)).msPerFrame;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

const results = rows.map(([name, ours, theirs]) => {
  const rounds = Array.from({ length: ROUNDS }, () => [measure(ours), measure(theirs)]);
  const framewireMs = median(rounds.map(([one]) => one));
  const rtcNodeMs = median(rounds.map(([, other]) => other));
  const result = { name, framewireMs, rtcNodeMs, ratio: framewireMs / rtcNodeMs };
  if (!json) {
    const [one, other] = [framewireMs, rtcNodeMs].map((ms) => ms.toFixed(3).padStart(9));
    console.log(`${name.padEnd(28)} ${one} ms ${other} ms   ${result.ratio.toFixed(3)}x`);
  }
  return result;
});
if (json) console.log(JSON.stringify({ node: process.versions.node, rounds: ROUNDS, results }));
