import { AudioFrame, VideoFrame } from 'framewire';
import { BeepAndFlashMeter } from 'framewire/testing';
import { decodeAudio, decodeFrames, frameTimes, probe } from './ffmpeg.js';

/** How much later than its flash each beep of a file is, in milliseconds. */
export async function offsetsInFile(path: string): Promise<readonly number[]> {
  const size = { width: 16, height: 16 };
  const [{ format }, times, frames, samples] = await Promise.all([
    probe(path),
    frameTimes(path, 'video'),
    decodeFrames(path, size),
    decodeAudio(path),
  ]);
  // ffmpeg decodes from where the first stream begins.
  const startUs = Number(format.start_time) * 1e6;
  const meter = new BeepAndFlashMeter();
  for (const [i, pixels] of frames.entries()) {
    const picture = new VideoFrame(pixels, { ...size, format: 'RGB24' });
    meter.video(picture, Math.max(0, Math.round(times[i]! * 1e6 - startUs)));
    picture.close();
  }
  meter.audio(new AudioFrame(samples, { sampleRate: 48_000, channels: 1 }), 0);
  return meter.offsetsMs;
}
