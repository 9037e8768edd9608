// All 121 conversions of a 1080p frame, in milliseconds of processor time, which a busy machine does not
// lengthen:
//   node bench/convert.mjs [--json] [--write] [--rounds 12] [--pairs RGBA:I420,I420:RGBA]
// `framewireMs` is frame.convert(), the way it goes; `ownMs` Framewire's own code alone; `nativeMs` the
// native conversion alone, without getting at the pixels; `rtcNodeMs` rtc-node's frame.convert(), which
// copies them. The last two are there where the native side has the pair at all. They take turns; each
// figure is the median of the rounds. `--write` also writes bench/conversions.json, of which
// `FRAMEWIRE_WRITE_DOCS=1 npm test -- test/unit/formats-page.test.ts` makes the table in docs/formats.md.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const inside = (path) => require(join(dirname(here), 'dist', path));
const { PIXEL_FORMATS, VideoFrame } = require('framewire');
const rtc = require('@livekit/rtc-node');
const { convertPixels } = inside('video/convert-pixels.js');
const { convertNatively } = inside('native/video-requests.js');
const { ffi } = inside('native/ffi-client.js');

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '12' },
    pairs: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const [width, height] = [1920, 1080];

/** What the native side can do at all; other pairs it refuses, or it ends the process. */
const NATIVE = {
  RGBA: ['BGRA', 'I420'],
  BGRA: ['RGBA', 'I420'],
  ARGB: ['I420'],
  RGB24: ['I420'],
  I420: ['RGBA', 'ABGR', 'ARGB', 'BGRA', 'RGB24', 'I420'],
  I420A: ['I420'],
  I422: ['RGBA', 'ABGR', 'ARGB', 'I420', 'I422'],
  I444: ['RGBA', 'BGRA', 'I420', 'I444'],
  NV12: ['RGBA', 'BGRA', 'I420'],
};

const every = PIXEL_FORMATS.flatMap((from) => PIXEL_FORMATS.map((to) => `${from}:${to}`));
const chosen = values.pairs?.split(',') ?? every;

/** A picture with some of everything, in each format. */
function pictures() {
  const rgba = VideoFrame.create({ width, height, format: 'RGBA' });
  for (let i = 0, state = 1; i < rgba.data.length; i++) {
    if (i % 97 === 0) state = (state * 48271) % 2147483647;
    rgba.data[i] = i % 4 === 3 ? 255 : state + (i >> 6);
  }
  // In memory of the caller's, which all sides read where it lies.
  return new Map(
    PIXEL_FORMATS.map((format) => {
      const pixels = rgba.convert(format).data.slice();
      return [format, new VideoFrame(pixels, { width, height, format })];
    }),
  );
}

const frames = pictures();

function waysOf(from, to) {
  const frame = frames.get(from);
  const pixels = frame.data;
  const target = new Uint8Array(frames.get(to).byteLength);
  const ways = {
    framewireMs: () => frame.convert(to).close(),
    ownMs: () => convertPixels(pixels, target, { from, to, width, height }),
  };
  if (NATIVE[from]?.includes(to)) {
    const type = PIXEL_FORMATS.indexOf(to);
    const theirs = new rtc.VideoFrame(pixels, width, height, PIXEL_FORMATS.indexOf(from));
    ways.nativeMs = () =>
      frame.withNativePixels((info) =>
        ffi().drop(convertNatively(info, { type, flipY: false }).handle),
      );
    ways.rtcNodeMs = () => theirs.convert(type);
  }
  return ways;
}

function timeOf(run) {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function median(times) {
  const middle = times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];
  return Number(middle.toFixed(3));
}

async function measure(pair) {
  const [from, to] = pair.split(':');
  const ways = Object.entries(waysOf(from, to));
  const times = new Map(ways.map(([name]) => [name, []]));
  // The first two rounds are for the compiler.
  for (let round = -2; round < rounds; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      // Each of them comes after each other now and then: what one leaves in the cache, the next finds.
      const [name, run] = ways[(turn + round + 2) % ways.length];
      const time = timeOf(run);
      if (round >= 0) times.get(name).push(time);
    }
    // What was copied is only collected between turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { from, to, ...Object.fromEntries(ways.map(([name]) => [name, median(times.get(name))])) };
}

const shown = (ms) => (ms === undefined ? '-' : ms.toFixed(2)).padStart(10);
const pairs = [];
if (!values.json) {
  console.log(`${'1080p, ms'.padEnd(16)}  framewire       own    native  rtc-node`);
}
for (const pair of chosen) {
  const one = await measure(pair);
  pairs.push(one);
  if (values.json) continue;
  const figures = [one.framewireMs, one.ownMs, one.nativeMs, one.rtcNodeMs].map(shown).join('');
  console.log(`${`${one.from} > ${one.to}`.padEnd(16)} ${figures}`);
}
const results = { width, height, rounds, pairs };
if (values.json) console.log(JSON.stringify(results));
if (values.write) {
  writeFileSync(join(here, 'conversions.json'), `${JSON.stringify(results, null, 2)}\n`);
}
process.exit(0);
