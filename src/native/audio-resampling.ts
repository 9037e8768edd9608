import { FramewireError } from '../core/errors.js';
import { ffi, handleOf } from './ffi-client.js';
import { copyNative, pointerTo } from './memory.js';
import { OwnedHandle } from './owned-handle.js';

/**
 * Makes a resampler of interleaved 16-bit samples.
 *
 * @param options - Rates from 4,000 to 384,000: far outside of that, the process crashes or hangs (measured).
 */
export function newResampler(options: {
  readonly inputRate: number;
  readonly outputRate: number;
  readonly channels: number;
  /** From 0, quick, to 4, very high: the order of LiveKit's SoxQualityRecipe. */
  readonly quality: number;
}): OwnedHandle {
  const { message } = ffi().send('newSoxResampler', {
    inputRate: options.inputRate,
    outputRate: options.outputRate,
    numChannels: options.channels,
    // 16-bit, interleaved.
    inputDataType: 0,
    outputDataType: 0,
    qualityRecipe: options.quality,
    flags: 0,
  });
  if (message.case !== 'resampler') throw failed('make a resampler', message.value);
  return new OwnedHandle(handleOf(message.value, 'resampler'));
}

/** Takes samples, and gives those that are ready: they lag behind. */
export function pushToResampler(resampler: OwnedHandle, data: Int16Array): Int16Array {
  const answer = ffi().send('pushSoxResampler', {
    resamplerHandle: resampler.id,
    dataPtr: pointerTo(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    size: data.byteLength,
  });
  if (answer.error) throw failed('resample', answer.error);
  return copied(answer);
}

/** Gives what is left. The resampler is of no use afterwards. */
export function flushResampler(resampler: OwnedHandle): Int16Array {
  const answer = ffi().send('flushSoxResampler', { resamplerHandle: resampler.id });
  if (answer.error) throw failed('resample', answer.error);
  return copied(answer);
}

/** The answer lies in memory of the resampler's, until it's asked again. */
function copied(answer: { readonly outputPtr?: bigint; readonly size?: number }): Int16Array {
  const { outputPtr = 0n, size = 0 } = answer;
  const samples = new Int16Array(size / 2);
  if (size > 0) copyNative(Number(outputPtr), new Uint8Array(samples.buffer));
  return samples;
}

function failed(what: string, reason: string | undefined): FramewireError {
  return new FramewireError('native', `LiveKit could not ${what}: ${reason ?? 'no answer'}.`);
}
