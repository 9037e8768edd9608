import {
  type AudioDeviceRequest,
  namedDevice,
  type OpenOutput,
  type OutputEvents,
} from './audio-device.js';
import { failAsNaudiodonSays } from './naudiodon-fault.js';
import { NaudiodonProcess } from './naudiodon-process.js';
import { OpeningDevice } from './opening-device.js';

/** What naudiodon and the device hold. */
const DEVICE_MS = 40;

const COUNT_BYTES = 4;
const BYTES_PER_SAMPLE = 2;

/** A speaker through naudiodon, in a process of its own: {@link OpenOutputDevice}. */
export async function openNaudiodonOutput(
  request: AudioDeviceRequest,
  events: OutputEvents,
  signal: AbortSignal,
): Promise<OpenOutput> {
  signal.throwIfAborted();
  const named = namedDevice('speaker', request.device);
  const naudiodon = await NaudiodonProcess.spawn({ ...request, direction: 'speaker' });
  let waiting = 0;
  const opening = new OpeningDevice({
    lost: events.lost,
    stallMs: request.stallMs,
    pulse: request.device === undefined ? undefined : { kind: 'sinks', device: request.device },
    busy: () => waiting > 0,
    // When the sound server dies, naudiodon takes nothing more, and says nothing.
    ...{ named, stalled: 'plays no more' },
    free: () => naudiodon.kill(),
  });
  let counts: Buffer = Buffer.alloc(0);
  naudiodon.sound.on('data', (bytes: Buffer) => {
    counts = Buffer.concat([counts, bytes]);
    for (; counts.length >= COUNT_BYTES; counts = counts.subarray(COUNT_BYTES)) {
      const taken = counts.readUInt32LE(0) / BYTES_PER_SAMPLE / request.channels;
      waiting -= taken;
      opening.goesOn();
      events.taken(taken);
    }
  });
  naudiodon.onMessage((message) => {
    if (message.type === 'ready') opening.heard();
    else failAsNaudiodonSays(opening, message);
  });
  void naudiodon.exited.then((how) => {
    opening.failBecause(`naudiodon ended, ${how}`);
  });
  const opened = await opening.untilOpen(signal);
  const write = (samples: Int16Array): void => {
    waiting += samples.length / request.channels;
    naudiodon.sound.write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  };
  return { deviceMs: DEVICE_MS, write, close: () => opened.close() };
}
