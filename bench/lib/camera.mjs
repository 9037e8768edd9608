// A camera on a thread of its own: it gives frames to a native video source, so that the event loop that is
// measured has nothing to do but to receive.

import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { bufferInfo, capture } from './native.mjs';

/** Idle time that a frame asked for by `next()` is preceded by, so that each is received by itself. */
const GAP_MS = 4;

/**
 * Starts a camera.
 *
 * @param sourceHandles - BigInts of the native sources, which all get each frame.
 * @param options - `fps`: a steady rate; without, a frame comes for each `next()`.
 */
export function startCamera(sourceHandles, { width, height, format = 'I420', fps }) {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { sourceHandles, width, height, format, fps, control },
  });
  return {
    /** Asks for one frame. */
    next() {
      Atomics.add(control, 0, 1);
      Atomics.notify(control, 0);
    },
    /** Frames captured so far. */
    get captured() {
      return Atomics.load(control, 1);
    },
    stop: () => worker.terminate(),
  };
}

/** Writes the time of capture into the first pixels; {@link ageMs} reads it. */
function stamp(pixels) {
  new DataView(pixels.buffer, pixels.byteOffset, 8).setFloat64(0, now());
}

/** How long ago a camera made the frame with these pixels, in I420. */
export function ageMs(pixels) {
  return now() - new DataView(pixels.buffer, pixels.byteOffset, 8).getFloat64(0);
}

// The monotonic clock, which all threads and processes share.
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function run({ sourceHandles, width, height, format, fps, control }) {
  const bytes = format === 'RGBA' ? 4 * width * height : (3 * width * height) / 2;
  const pixels = new Uint8Array(new SharedArrayBuffer(bytes)).fill(128);
  const buffer = bufferInfo(pixels, { width, height, format });
  const shoot = () => {
    stamp(pixels);
    const timestampUs = process.hrtime.bigint() / 1000n;
    for (const handle of sourceHandles) capture(handle, buffer, timestampUs);
    Atomics.add(control, 1, 1);
  };
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const begin = now();
  for (let shot = 0; ; shot++) {
    if (fps) {
      const dueMs = begin + (shot * 1000) / fps - now();
      if (dueMs > 0) Atomics.wait(pause, 0, 0, dueMs);
    } else {
      while (Atomics.load(control, 0) <= shot) Atomics.wait(control, 0, shot, 1000);
      Atomics.wait(pause, 0, 0, GAP_MS);
    }
    shoot();
  }
}

if (!isMainThread) run(workerData);
