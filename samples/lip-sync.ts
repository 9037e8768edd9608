// Measures how far sound and pictures of a participant are apart, as they come and on a MediaClock.
// Run it: npm run sample -- lip-sync [--seconds 10]

import {
  AudioSource,
  AudioStream,
  AVSynchronizer,
  LocalAudioTrack,
  LocalVideoTrack,
  MediaClock,
  Room,
  VideoSource,
  VideoStream,
} from 'framewire';
import { BeepAndFlash, BeepAndFlashMeter } from 'framewire/testing';
import { runSample } from './support/run-sample.js';

runSample({}, async ({ url, token, signal, ended }) => {
  await using stage = new Room();
  await using seat = new Room();
  await stage.connect(url, await token('stage'), { signal });
  await seat.connect(url, await token('seat'), { signal });

  // One who beeps and flashes at the same moment, four times a second.
  using camera = new VideoSource({ width: 640, height: 360 });
  using voice = new AudioSource({ sampleRate: 48_000, channels: 1 });
  await stage.localParticipant.publishTrack(LocalVideoTrack.create('camera', camera));
  await stage.localParticipant.publishTrack(LocalAudioTrack.create('voice', voice));
  const performing = perform(camera, voice, signal);

  const { track: video } = await seat.waitForTrack({ kind: 'video', signal });
  const { track: audio } = await seat.waitForTrack({ kind: 'audio', signal });
  // Leaving ends the tracks, and with them the loops below.
  void ended.then(() => seat.disconnect());

  const clock = new MediaClock();
  clock.follow({ audio, video, signal });
  const asTheyCome = new BeepAndFlashMeter();
  const onTheClock = new BeepAndFlashMeter();

  const watching = (async () => {
    for await (using picture of new VideoStream(video)) {
      const timeUs = clock.video(picture);
      asTheyCome.video(picture, picture.timestampUs);
      // Nothing, until enough is known.
      if (timeUs !== undefined) onTheClock.video(picture, timeUs);
    }
  })();
  for await (const sound of new AudioStream(audio)) {
    const timeUs = clock.audio(sound);
    asTheyCome.audio(sound, timeUs);
    onTheClock.audio(sound, timeUs);
  }
  await watching;
  await performing;

  console.log(`As they came, sound was ${median(asTheyCome.offsetsMs)} later than its picture.`);
  console.log(`On the clock, it was ${median(onTheClock.offsetsMs)} later (${clock.quality}).`);
});

async function perform(camera: VideoSource, voice: AudioSource, signal: AbortSignal) {
  using sync = new AVSynchronizer({ audioSource: voice, videoSource: camera, fps: 25 });
  const scene = new BeepAndFlash({ width: 640, height: 360, fps: 25 });
  // Both wait for room, which sets the pace.
  while (!signal.aborted) {
    const { picture, sound, timestampUs } = scene.next();
    await sync.push(picture, { timestampUs });
    await sync.push(sound, { timestampUs });
  }
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted[sorted.length >> 1];
  // The clock needs some two seconds to know.
  return middle === undefined ? '(too soon to say)' : `${middle.toFixed(1)} ms`;
}
