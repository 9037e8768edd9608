import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { untilAborted } from '../core/abort.js';
import { FfmpegProcess } from '../ffmpeg/ffmpeg-process.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import {
  type AudioDeviceRequest,
  namedDevice,
  type OpenOutput,
  type OutputEvents,
} from './audio-device.js';
import { speakerOutput } from './device-arguments.js';
import { whyEnded } from './device-fault.js';
import { OpeningDevice } from './opening-device.js';
import { soundSystem } from './sound-system.js';

/** In which ffmpeg counts what it hands to the device. */
const BLOCK_MS = 10;

/** What the device itself holds. */
const DEVICE_MS = 40;

/** ffmpeg reads raw sound in pieces of 40 to 100 ms, by its rate: of a tenth of the rate they are that short. */
const RATE_DIVISOR = 10;

/** On this descriptor it says how far it has come. */
const PROGRESS_FD = 3;

/** A speaker through the program ffmpeg: {@link OpenOutputDevice}. */
export async function openFfmpegOutput(
  request: AudioDeviceRequest,
  events: OutputEvents,
  signal: AbortSignal,
): Promise<OpenOutput> {
  const program = await findFfmpeg(request, signal);
  const found = await untilAborted(soundSystem(program, 'muxer', request.device), signal);
  const { device = 'default', sampleRate, channels } = request;
  const output = speakerOutput({ ...found, device, bufferMs: DEVICE_MS });
  const block = (sampleRate * BLOCK_MS) / 1000;
  const named = namedDevice('speaker', request.device);
  signal.throwIfAborted();
  // It opens the device when it has something to play.
  const opener = new Int16Array(OPENING_BLOCKS * block * channels);
  let written = -OPENING_BLOCKS * block;
  let taken = written;
  const ffmpeg = await FfmpegProcess.spawn(
    program,
    [
      ...['-probesize', '32', '-analyzeduration', '0'],
      ...['-f', 's16le', '-ar', String(sampleRate / RATE_DIVISOR), '-ac', String(channels)],
      ...['-i', 'pipe:0', '-af', progressFilters(sampleRate, block), '-c:a', 'pcm_s16le'],
      // Else PulseAudio waits with the first sound, and with that after a pause, until its buffer is full.
      ...(output[1] === 'pulse' ? ['-prebuf', String(block * channels * 2)] : []),
      ...output,
    ],
    {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      logLevel: 'info',
      onLine: (line) => {
        // Said once the device is open.
        if (line.includes('Output #0')) opening.heard();
      },
    },
  );
  const opening = new OpeningDevice({
    lost: events.lost,
    stallMs: request.stallMs,
    pulse: request.device === undefined ? undefined : { kind: 'sinks', device: request.device },
    // Less than that may wait for more to come.
    busy: () => written - taken > 2 * block,
    ...{ named, stalled: 'plays no more' },
    free: () => ffmpeg.kill(),
  });
  const stdin = ffmpeg.pipes[0] as unknown as Writable;
  // How the process ended says why.
  stdin.on('error', () => undefined);
  const progress = ffmpeg.pipes[PROGRESS_FD] as Readable;
  progress.on('error', () => undefined);
  createInterface({ input: progress }).on('line', (line) => {
    const pts = /pts:(\d+)/.exec(line)?.[1];
    if (pts === undefined) return;
    const before = taken;
    taken = Number(pts) + block - OPENING_BLOCKS * block;
    opening.goesOn();
    if (taken > 0) events.taken(taken - Math.max(0, before));
  });
  void ffmpeg.exited.then((exit) => {
    opening.failBecause(whyEnded(exit, output.at(-1)));
  });
  const write = (samples: Int16Array): void => {
    written += samples.length / channels;
    stdin.write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  };
  write(opener);
  const opened = await opening.untilOpen(signal);
  return { deviceMs: DEVICE_MS, write, close: () => opened.close() };
}

const OPENING_BLOCKS = 4;

/** Prints a line with the position of each block when it's the device's turn to take it. */
function progressFilters(sampleRate: number, block: number): string {
  return [
    `asetrate=${sampleRate}`,
    `asetnsamples=n=${block}:p=0`,
    // Only frames that have metadata are printed.
    'ametadata=add:key=k:value=1',
    `ametadata=print:file='pipe\\:${PROGRESS_FD}':direct=1`,
  ].join(',');
}
