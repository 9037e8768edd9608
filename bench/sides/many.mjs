// How many participants of one process can receive a track, in a process of its own:
//   node bench/sides/many.mjs framewire|rtc-node <url> <width> <fps> <first> <step> < tokens.json
// A frame that comes more than a second late is as good as lost: without a bound, none ever is.
// Joins with `first` of them, and then with `step` more at a time, until a twentieth of the frames is missing twice
// in a row: once may be a stutter of the machine. Prints the most streams that had theirs, and what each step saw.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { subscribers } from '../lib/subscribers.mjs';
import { drawnMsAgo } from '../lib/time-code.mjs';

const [side, url, width, fps, first, step] = process.argv.slice(2);
const tokens = JSON.parse(readFileSync(0, 'utf8'));
const SETTLE_MS = 1500;
const MEASURE_MS = 3000;
const ENOUGH = 0.95;
const LOOKS = 2;
const TOO_LATE_MS = 1000;
/** Of ours: half a second, since the others forgive any stutter. */
const CAPACITY = 8;

const counts = [];
const steps = [];
let streams = 0;
let share = 1;
let best = 0;
const kept = [];

/** How much of the frames that should have come in a while did. */
async function shareOfFrames() {
  counts.fill(0);
  const from = performance.now();
  await sleep(MEASURE_MS);
  const expected = ((performance.now() - from) / 1000) * Number(fps) * streams;
  return counts.reduce((sum, count) => sum + count, 0) / expected;
}

while (share >= ENOUGH && tokens.length > 0) {
  for (const token of tokens.splice(0, Number(counts.length === 0 ? first : step))) {
    const i = counts.push(0) - 1;
    kept.push(
      subscribers[side]({ url, token, capacity: CAPACITY }, (pixels) => {
        if (drawnMsAgo(pixels, { width: Number(width) }) < TOO_LATE_MS) counts[i] += 1;
        return true;
      }),
    );
  }
  streams = counts.length;
  const joinedAt = performance.now();
  while (counts.includes(0) && performance.now() - joinedAt < 15_000) await sleep(100);
  share = 0;
  for (let look = 0; look < LOOKS && share < ENOUGH; look++) {
    await sleep(SETTLE_MS);
    share = await shareOfFrames();
    steps.push({ streams, share });
  }
  if (share >= ENOUGH) best = streams;
}
console.log(JSON.stringify({ streams: best, steps }));
process.exit(0);
