import { FramewireError } from '../core/errors.js';
import { ffi, handleOf } from './ffi-client.js';
import { pointerTo } from './memory.js';
import { OwnedHandle } from './owned-handle.js';

/** Makes WebRTC's audio processing, with the parts that are wanted. */
export function newAudioProcessing(parts: {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
  readonly highPassFilter: boolean;
}): OwnedHandle {
  const { apm } = ffi().send('newApm', {
    echoCancellerEnabled: parts.echoCancellation,
    noiseSuppressionEnabled: parts.noiseSuppression,
    gainControllerEnabled: parts.autoGainControl,
    highPassFilterEnabled: parts.highPassFilter,
  });
  return new OwnedHandle(handleOf(apm, 'audio processing'));
}

/**
 * Processes a block in place: interleaved samples of exactly 10 ms, at a rate of whole blocks. With any
 * other length the process aborts.
 *
 * @param direction - `reverse` is what the far end says, which is only listened to.
 */
export function processAudioBlock(
  processing: OwnedHandle,
  direction: 'forward' | 'reverse',
  block: { readonly data: Int16Array; readonly sampleRate: number; readonly channels: number },
): void {
  const { data, sampleRate, channels } = block;
  const name = direction === 'forward' ? 'apmProcessStream' : 'apmProcessReverseStream';
  const { error } = ffi().send(name, {
    apmHandle: processing.id,
    dataPtr: pointerTo(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    size: data.byteLength,
    sampleRate,
    numChannels: channels,
  });
  if (error) throw new FramewireError('native', `LiveKit could not process the audio: ${error}.`);
}

/** Says how long after a reverse block its echo comes, from 0 to 500 ms. */
export function setProcessingDelay(processing: OwnedHandle, delayMs: number): void {
  const { error } = ffi().send('apmSetStreamDelay', { apmHandle: processing.id, delayMs });
  if (error) throw new FramewireError('native', `LiveKit did not take the delay: ${error}.`);
}
