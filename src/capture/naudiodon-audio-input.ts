import {
  type AudioDeviceRequest,
  type InputEvents,
  namedDevice,
  type OpenInput,
} from './audio-device.js';
import { failAsNaudiodonSays } from './naudiodon-fault.js';
import { NaudiodonProcess } from './naudiodon-process.js';
import { OpeningDevice } from './opening-device.js';

const HEADER_BYTES = 12;

/** A microphone through naudiodon, in a process of its own: {@link OpenInputDevice}. */
export async function openNaudiodonInput(
  request: AudioDeviceRequest,
  events: InputEvents,
  signal: AbortSignal,
): Promise<OpenInput> {
  signal.throwIfAborted();
  const named = namedDevice('microphone', request.device);
  const naudiodon = await NaudiodonProcess.spawn({ ...request, direction: 'microphone' });
  const opening = new OpeningDevice({
    lost: events.lost,
    stallMs: request.stallMs,
    pulse: request.device === undefined ? undefined : { kind: 'sources', device: request.device },
    // When the sound server dies, naudiodon just falls silent.
    ...{ named, stalled: 'gives no sound any more' },
    free: () => naudiodon.kill(),
  });
  const pieces = new PieceReader((samples, timeUs) => {
    if (opening.heard()) events.samples(samples, timeUs);
  });
  naudiodon.sound.on('data', (bytes: Buffer) => pieces.read(bytes));
  naudiodon.onMessage((message) => {
    if (message.type === 'failed') failAsNaudiodonSays(opening, message);
  });
  void naudiodon.exited.then((how) => {
    opening.failBecause(`naudiodon ended, ${how}`);
  });
  return await opening.untilOpen(signal);
}

/** Takes apart what the child writes: see `NAUDIODON_CHILD`. */
class PieceReader {
  readonly #use: (samples: Int16Array, timeUs: number) => void;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(use: (samples: Int16Array, timeUs: number) => void) {
    this.#use = use;
  }

  read(bytes: Buffer): void {
    let rest = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUInt32LE(0);
      if (rest.length < end) break;
      const samples = new Int16Array((end - HEADER_BYTES) / 2);
      new Uint8Array(samples.buffer).set(rest.subarray(HEADER_BYTES, end));
      this.#use(samples, Math.round(rest.readDoubleLE(4)));
      rest = rest.subarray(end);
    }
    this.#bytes = rest;
  }
}
