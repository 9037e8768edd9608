// A subscriber of sides/publisher.mjs, in a process of its own:
//   node bench/sides/subscriber.mjs framewire|rtc-node <url> <token> <width> <seconds>
// Prints how long frames took from capture to the loop's body, which has their pixels then, and the process's
// CPU time for each of them.

import { summary } from '../lib/statistics.mjs';
import { subscribers } from '../lib/subscribers.mjs';
import { drawnMsAgo } from '../lib/time-code.mjs';

const [side, url, token, width, seconds] = process.argv.slice(2);
/** The encoder starts with less than the full size, and bandwidth is first estimated. */
const WARM_UP_MS = 1500;
const full = (3 * Number(width) * Number(width) * 9) / 16 / 2;

const ages = [];
let firstAt;
let cpu;
let startedAt;

await subscribers[side]({ url, token }, (pixels) => {
  const now = performance.now();
  firstAt ??= now;
  if (now - firstAt < WARM_UP_MS || pixels.length !== full) return now - firstAt < 20_000;
  startedAt ??= now;
  cpu ??= process.cpuUsage();
  ages.push(drawnMsAgo(pixels, { width: Number(width) }));
  return now - startedAt < 1000 * Number(seconds);
});
const { user, system } = process.cpuUsage(cpu);
// A square that the encoder has garbled makes an absurd time.
const known = ages.filter((age) => age >= 0 && age < 10_000);
console.log(
  JSON.stringify({
    latencyMs: summary(known),
    cpuMsPerFrame: (user + system) / 1000 / ages.length,
    frames: ages.length,
    unreadable: ages.length - known.length,
  }),
);
process.exit(0);
