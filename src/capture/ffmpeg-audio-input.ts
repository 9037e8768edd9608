import { untilAborted } from '../core/abort.js';
import { monotonicUs } from '../core/clock.js';
import { FfmpegProcess } from '../ffmpeg/ffmpeg-process.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import {
  type AudioDeviceRequest,
  type InputEvents,
  namedDevice,
  type OpenInput,
} from './audio-device.js';
import { microphoneInput } from './device-arguments.js';
import { defaultMicrophone } from './default-device.js';
import { whyEnded } from './device-fault.js';
import { OpeningDevice } from './opening-device.js';
import { soundSystem } from './sound-system.js';

const BYTES_PER_SAMPLE = 2;

/** What PulseAudio gives at once. */
const BLOCK_MS = 10;

/** A microphone through the program ffmpeg, which ends as soon as the device does: {@link OpenInputDevice}. */
export async function openFfmpegInput(
  request: AudioDeviceRequest,
  events: InputEvents,
  signal: AbortSignal,
): Promise<OpenInput> {
  const program = await findFfmpeg(request, signal);
  const { sampleRate, channels } = request;
  const named = namedDevice('microphone', request.device);
  const found = await untilAborted(soundSystem(program, 'demuxer', request.device), signal);
  const device = request.device ?? (await defaultMicrophone({ ...found, program, signal }));
  const input = microphoneInput({
    ...found,
    device,
    sampleRate,
    channels,
    blockMs: BLOCK_MS,
  });
  signal.throwIfAborted();
  const ffmpeg = await FfmpegProcess.spawn(program, [
    ...['-probesize', '32', '-analyzeduration', '0', ...input],
    ...['-map', '0:a:0', '-ar', String(sampleRate), '-ac', String(channels)],
    ...['-c:a', 'pcm_s16le', '-f', 's16le', '-flush_packets', '1', 'pipe:1'],
  ]);
  const opening = new OpeningDevice({
    lost: events.lost,
    stallMs: request.stallMs,
    pulse: request.device === undefined ? undefined : { kind: 'sources', device: request.device },
    ...{ named, stalled: 'gives no sound any more' },
    // The server removes the stream of one that is killed, as of one that ends.
    free: () => ffmpeg.kill(),
  });
  const samples = new SampleReader();
  ffmpeg.pipes[1]?.on('data', (bytes: Buffer) => {
    const whole = samples.read(bytes);
    if (whole.length === 0 || !opening.heard()) return;
    events.samples(whole, monotonicUs());
  });
  // How the process ended says why.
  ffmpeg.pipes[1]?.on('error', () => undefined);
  void ffmpeg.exited.then((exit) => {
    opening.failBecause(whyEnded(exit, input.at(-1)));
  });
  return await opening.untilOpen(signal);
}

/** Samples out of bytes that are cut anywhere. */
class SampleReader {
  #odd: number | undefined;

  /** The whole samples of all channels that are there, in memory of their own. */
  read(bytes: Uint8Array): Int16Array {
    const before = this.#odd;
    const length = bytes.length + (before === undefined ? 0 : 1);
    const samples = new Int16Array(Math.floor(length / BYTES_PER_SAMPLE));
    const all = new Uint8Array(samples.buffer);
    let at = 0;
    if (before !== undefined && all.length > 0) all[at++] = before;
    all.set(bytes.subarray(0, all.length - at), at);
    this.#odd = length % BYTES_PER_SAMPLE === 0 ? undefined : (bytes.at(-1) ?? before);
    return samples;
  }
}
