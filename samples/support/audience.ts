import {
  AudioStream,
  FpsTracker,
  type RemoteAudioTrack,
  type RemoteVideoTrack,
  Room,
  type VideoFrame,
  VideoStream,
} from 'framewire';
import { frequencyOf, meanColor } from 'framewire/testing';
import type { Place } from './test-pattern.js';

/**
 * A participant who watches and listens to whatever is published, and says at the end what it was, so
 * that samples which publish can be seen to arrive.
 */
export class Audience implements AsyncDisposable {
  readonly #room = new Room();
  readonly #receiving: Promise<void>[] = [];

  private constructor() {
    // Made by `join()`, since joining takes time.
  }

  static async join({ url, token, signal }: Place): Promise<Audience> {
    const audience = new Audience();
    audience.#room.on('trackSubscribed', (track, _publication, { identity }) => {
      if (identity === 'test-pattern') return;
      audience.#receiving.push(track.kind === 'video' ? watch(track) : listen(track));
    });
    await audience.#room.connect(url, await token('audience'), { signal });
    return audience;
  }

  /** Leaves, which ends the tracks, and says what was received. */
  async close(): Promise<void> {
    await this.#room.disconnect();
    await Promise.all(this.#receiving);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function watch(track: RemoteVideoTrack): Promise<void> {
  await using stream = new VideoStream(track);
  const rate = new FpsTracker({ window: 1000 });
  let last: VideoFrame | undefined;
  for await (const frame of stream) {
    rate.add(frame.timestampUs);
    last?.close();
    last = frame;
  }
  if (!last) return;
  using frame = last;
  const { width, height, rotation } = frame;
  const corner = meanColor(frame, { x: 8, y: 8, width: 16, height: 16 }).map(Math.round);
  console.log(
    `audience: saw ${stream.stats.received} frames of '${track.name}', ${width}x${height}, ` +
      `rotation ${rotation}, ${rate.fps.toFixed(1)} fps, top left rgb(${corner.join(', ')})`,
  );
}

async function listen(track: RemoteAudioTrack): Promise<void> {
  await using stream = new AudioStream(track, { frameMs: 100 });
  const pitches: number[] = [];
  for await (const frame of stream) {
    const pitch = frequencyOf(frame.data, frame.sampleRate);
    if (pitch > 0) pitches.push(pitch);
  }
  const median = pitches.sort((a, b) => a - b)[pitches.length >> 1] ?? 0;
  console.log(
    `audience: heard ${(pitches.length / 10).toFixed(1)} s of '${track.name}', ` +
      `mostly at ${Math.round(median)} Hz`,
  );
}
