// Where the event loop's time goes for one received frame of ours, stage by stage, in a process of its own:
//   node bench/sides/stages.mjs I420|RGBA [frames]
// Measured in place: the functions at which one stage ends and the next begins are wrapped from outside.

import { createRequire } from 'node:module';
import { startCamera } from '../lib/camera.mjs';
import { watchFrameEvents } from '../lib/native.mjs';
import { summary } from '../lib/statistics.mjs';

const require = createRequire(import.meta.url);
const { LocalVideoTrack, VideoSource, VideoStream } = require('framewire');
const { MediaEventReader } = require('../../dist/native/media-events.js');
const { ffi } = require('../../dist/native/ffi-client.js');
const [format, frames = '150'] = process.argv.slice(2);
const FRAMES = Number(frames);
const WARM_UP = 200;
const [width, height] = [1920, 1080];

/** Times of the frame under way, in the order in which they come. */
let at = [];
const note = () => at.push(performance.now());

/** Notes when `owner[name]` begins and ends. */
function wrap(owner, name, { begin = true, end = true }) {
  const original = owner[name];
  owner[name] = function wrapped(...args) {
    if (begin) note();
    try {
      return original.apply(this, args);
    } finally {
      if (end) note();
    }
  };
}

watchFrameEvents({ entered: note, returned: note });
wrap(MediaEventReader.prototype, 'read', { begin: false });
const client = ffi();
const { openStream } = client;
client.openStream = (handle, listener) => {
  openStream.call(client, handle, (event) => {
    note();
    listener(event);
    note();
  });
};
wrap(VideoStream.prototype, 'deliver', {});

const STAGES = [
  'decode',
  'route',
  'queue',
  'return',
  'wake',
  'deliver',
  'resume',
  'borrow',
  'copy',
  'close',
];
const times = Object.fromEntries([...STAGES, 'all'].map((stage) => [stage, []]));

const source = new VideoSource({ width, height });
const track = LocalVideoTrack.create('bench', source);
const stream = new VideoStream(track, { format });
const camera = startCamera([BigInt(source.handle)], { width, height });
camera.next();
let seen = 0;
for await (const frame of stream) {
  note();
  frame.borrow((view) => view[0]);
  note();
  frame.data[0];
  note();
  frame.close();
  note();
  if (at.length === STAGES.length + 1 && ++seen > WARM_UP) {
    for (const [i, stage] of STAGES.entries()) times[stage].push(1000 * (at[i + 1] - at[i]));
    times.all.push(1000 * (at.at(-1) - at[0]));
  }
  at = [];
  if (seen === WARM_UP + FRAMES) break;
  camera.next();
}
await camera.stop();
track.close();
console.log(
  JSON.stringify(Object.fromEntries(Object.entries(times).map(([k, v]) => [k, summary(v)]))),
);
process.exit(0);
