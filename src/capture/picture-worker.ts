// The thread that reads pictures for `readIn: 'worker'`: started by picture-thread.ts, and told there what to read.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { FfmpegProgram } from '../ffmpeg/ffmpeg-program.js';
import { PictureReader } from '../ffmpeg/picture-reader.js';
import { byteLengthOf } from '../video/pixel-format.js';
import type { PictureThreadNews, PictureThreadOrder } from './picture-thread.js';
import { type PictureSlot, PictureSlots } from './picture-slots.js';

const port = parentPort as MessagePort;
const { path, version, format, ...request } = workerData as PictureThreadOrder;
let slots: PictureSlots | undefined;

function tell(news: PictureThreadNews): void {
  port.postMessage(news);
}

const reading = PictureReader.start<PictureSlot>(
  { ...request, program: new FfmpegProgram(path, version) },
  {
    opened: (width, height) => {
      slots = new PictureSlots(byteLengthOf(format, width, height));
      tell({ type: 'opened', width, height, memory: slots.memory });
    },
    memory: () => (slots as PictureSlots).take(),
    unused: (slot) => slots?.putBack(slot),
    picture: (slot, timeUs = NaN, arrivedUs) => {
      if (slots?.publish(slot, timeUs, arrivedUs)) tell({ type: 'picture' });
    },
    ended: (end) => {
      tell({ type: 'ended', end });
    },
  },
);
reading.then(
  () => {
    tell({ type: 'started' });
  },
  (error: unknown) => {
    const { code, message } = error as Error & { readonly code?: string };
    tell({ type: 'failed', code, message });
    port.close();
  },
);

// The only order there is: to end.
port.once('message', () => {
  void reading
    .then((reader) => reader.close())
    .catch(() => undefined)
    .then(() => {
      port.close();
    });
});
