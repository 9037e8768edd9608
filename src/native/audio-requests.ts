import { FramewireError } from '../core/errors.js';
import { ffi, handleOf } from './ffi-client.js';
import type { MediaEvent } from './media-events.js';
import { pointerTo } from './memory.js';
import { openTrackStream } from './track-stream.js';

/** Makes an audio source; drop the handle when done. */
export function newAudioSource(options: {
  readonly sampleRate: number;
  readonly channels: number;
  /** A multiple of 10 above 0: with others the process aborts. */
  readonly queueMs: number;
}): number {
  const { source } = ffi().send('newAudioSource', {
    type: 0,
    sampleRate: options.sampleRate,
    numChannels: options.channels,
    queueSizeMs: options.queueMs,
  });
  return handleOf(source, 'audio source');
}

/**
 * Gives samples to a source, which copies them before this returns its promise. Needs a
 * lease until that resolves, when the source's queue has room again.
 *
 * One call at a time: a second beyond the queue's length fails.
 */
export async function captureAudioFrame(
  source: number,
  frame: { readonly data: Int16Array; readonly sampleRate: number; readonly channels: number },
): Promise<void> {
  const { data, sampleRate, channels } = frame;
  const { error } = await ffi().call('captureAudioFrame', {
    sourceHandle: BigInt(source),
    buffer: {
      dataPtr: pointerTo(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      numChannels: channels,
      sampleRate,
      samplesPerChannel: data.length / channels,
    },
  });
  if (error) throw new FramewireError('native', `LiveKit did not take the audio: ${error}.`);
}

/** Discards what a source has queued. */
export function clearAudioBuffer(source: number): void {
  ffi().send('clearAudioBuffer', { sourceHandle: BigInt(source) });
}

/** Makes a track of an audio source; drop the handle when done. */
export function newAudioTrack(name: string, source: number): number {
  const { track } = ffi().send('createAudioTrack', { name, sourceHandle: BigInt(source) });
  return handleOf(track, 'audio track');
}

/** Opens a stream of a track's samples, resampled as asked. @returns how to close it. */
export function openAudioStream(
  options: {
    readonly track: number;
    readonly sampleRate: number;
    readonly channels: number;
    readonly frameMs: number;
  },
  listener: (event: MediaEvent) => void,
): () => void {
  const send = (): number => {
    const { stream } = ffi().send('newAudioStream', {
      trackHandle: BigInt(options.track),
      type: 0,
      sampleRate: options.sampleRate,
      numChannels: options.channels,
      frameSizeMs: options.frameMs,
      // Unbounded there, since it's bounded and counted here: what the native queue of 10 frames drops
      // while the event loop is busy, nobody could count.
      queueSizeFrames: 0,
    });
    return handleOf(stream, 'audio stream');
  };
  return openTrackStream(send, listener);
}
