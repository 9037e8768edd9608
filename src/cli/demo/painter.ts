import { AudioSource } from '../../audio/audio-source.js';
import { Tone } from '../../testing/tone.js';
import { LocalAudioTrack, LocalVideoTrack } from '../../tracks/local-track.js';
import { FramePacer } from '../../video/frame-pacer.js';
import { VideoFrame } from '../../video/video-frame.js';
import { VideoSource } from '../../video/video-source.js';
import { PICTURE, TONE_HZ, TRACK_NAMES } from './protocol.js';
import type { RoleContext, RoleRun } from './role.js';
import { Scene } from './scene.js';

/** Publishes a drawn scene and a tone. */
export async function paint({ room, signal }: RoleContext): Promise<RoleRun> {
  const { width, height, fps } = PICTURE;
  const camera = new VideoSource({ width, height });
  const voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 100 });
  await Promise.all([
    room.localParticipant.publishTrack(LocalVideoTrack.create(TRACK_NAMES.scene, camera), {
      codec: 'vp8',
      simulcast: false,
      maxFps: fps,
      maxBitrateBps: 2_000_000,
      // The viewer reads a code in the picture: on a busy machine rather a coarse one than a small one.
      degradationPreference: 'maintain-framerate-and-resolution',
    }),
    room.localParticipant.publishTrack(LocalAudioTrack.create(TRACK_NAMES.tone, voice)),
  ]);

  const draw = async (): Promise<void> => {
    const scene = new Scene();
    // The frame refers to the scene's own pixels: one frame serves for all pictures.
    using frame = new VideoFrame(scene.pixels, { width, height, format: 'RGBA' });
    using pacer = new FramePacer({ fps, signal });
    for await (const { timestampUs } of pacer) {
      const frameNumber = camera.framesCaptured;
      scene.draw({ seconds: timestampUs / 1e6, frameNumber, clock: new Date() });
      camera.captureFrame(frame);
    }
  };
  const play = async (): Promise<void> => {
    const tone = new Tone({ frequency: TONE_HZ });
    while (!signal.aborted) await voice.captureFrame(tone.next(10));
  };
  const done = Promise.all([draw(), play()]);
  return { done, meters: {}, sources: [camera, voice] };
}
