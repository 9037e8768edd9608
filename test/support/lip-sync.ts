import { AudioStream, MediaClock, type ClockQuality, type Room, VideoStream } from 'framewire';
import { BeepAndFlashMeter } from 'framewire/testing';

/** Which offset, to either side, 95 of 100 don't exceed; none of none. */
export function p95(offsetsMs: readonly number[]): number {
  const sorted = offsetsMs.map(Math.abs).sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Infinity;
}

/** What is waited for by {@link settledOffsets}. */
export interface SettledOffsetsOptions {
  /** How many offsets. */
  readonly pairs: number;
  /** What 95 of 100 of them don't exceed. */
  readonly limitMs: number;
  /** Whose video and audio. Default: anybody's. */
  readonly participant?: string;
}

/** Resolves with the last offsets of beeps and flashes in a room, once they are as they must be. */
export async function settledOffsets(
  room: Room,
  { pairs, limitMs, ...whose }: SettledOffsetsOptions,
): Promise<{ readonly offsetsMs: readonly number[]; readonly quality: ClockQuality }> {
  const [{ track: video }, { track: audio }] = await Promise.all([
    room.waitForTrack({ kind: 'video', ...whose }),
    room.waitForTrack({ kind: 'audio', ...whose }),
  ]);
  // What a busy machine moves by 300 ms, the clock would follow for a minute.
  const clock = new MediaClock({ slewMsPerS: 50, resyncMs: 100 });
  const following = clock.follow({ audio, video });
  await using pictures = new VideoStream(video);
  await using sounds = new AudioStream(audio);
  const meter = new BeepAndFlashMeter();
  const seeing = (async () => {
    for await (using picture of pictures) {
      const timeUs = clock.video(picture);
      if (timeUs !== undefined) meter.video(picture, timeUs);
    }
  })();
  for await (const sound of sounds) {
    meter.audio(sound, clock.audio(sound));
    const last = meter.offsetsMs.slice(-pairs);
    if (last.length === pairs && p95(last) <= limitMs) {
      following.close();
      await pictures.close();
      await seeing;
      return { offsetsMs: last, quality: clock.quality };
    }
  }
  throw new Error(`The sound ended before; the offsets were ${meter.offsetsMs.join(', ')}.`);
}
