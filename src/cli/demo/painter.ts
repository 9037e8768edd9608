import { AudioSource } from '../../audio/audio-source.js';
import { publishCamera } from '../../capture/publish-camera.js';
import { publishMicrophone } from '../../capture/publish-microphone.js';
import type { PublishedCapture } from '../../capture/published-capture.js';
import type { PublishOptions } from '../../room/publish-options.js';
import { Tone } from '../../testing/tone.js';
import { LocalAudioTrack, LocalVideoTrack } from '../../tracks/local-track.js';
import { FramePacer } from '../../video/frame-pacer.js';
import { VideoFrame } from '../../video/video-frame.js';
import { VideoSource } from '../../video/video-source.js';
import { type DemoDevice, PICTURE, TONE_HZ, TRACK_NAMES } from './protocol.js';
import type { RoleContext, RoleRun } from './role.js';
import { Scene } from './scene.js';

/** Something that is published. */
interface Publishing {
  /** Settles when it's over. */
  readonly done: Promise<unknown>;
  /** To be closed once the room is left. */
  readonly source?: Disposable;
}

const VIDEO: PublishOptions = {
  codec: 'vp8',
  simulcast: false,
  maxFps: PICTURE.fps,
  maxBitrateBps: 2_000_000,
  // The viewer reads a code in the picture: on a busy machine rather a coarse one than a small one.
  degradationPreference: 'maintain-framerate-and-resolution',
};

/** What stands in for a camera, instead of one, is a graph of ffmpeg's filters. */
const GRAPH = 'lavfi:';

/** Publishes a drawn scene and a tone, or a camera and a microphone in their place. */
export async function paint(context: RoleContext): Promise<RoleRun> {
  const { camera, mic } = context.inputs;
  const publishing = await Promise.all([
    camera ? filmWith(camera, context) : paintScene(context),
    mic ? listenWith(mic, context) : sing(context),
  ]);
  return {
    done: Promise.all(publishing.map(({ done }) => done)),
    meters: {},
    sources: publishing.flatMap(({ source }) => source ?? []),
  };
}

async function paintScene({ room, signal }: RoleContext): Promise<Publishing> {
  const { width, height, fps } = PICTURE;
  const source = new VideoSource({ width, height });
  const track = LocalVideoTrack.create(TRACK_NAMES.scene, source);
  await room.localParticipant.publishTrack(track, VIDEO);
  const draw = async (): Promise<void> => {
    const scene = new Scene();
    // The frame refers to the scene's own pixels: one frame serves for all pictures.
    using frame = new VideoFrame(scene.pixels, { width, height, format: 'RGBA' });
    using pacer = new FramePacer({ fps, signal });
    for await (const { timestampUs } of pacer) {
      const frameNumber = source.framesCaptured;
      scene.draw({ seconds: timestampUs / 1e6, frameNumber, clock: new Date() });
      source.captureFrame(frame);
    }
  };
  return { done: draw(), source };
}

async function sing({ room, signal }: RoleContext): Promise<Publishing> {
  const source = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 100 });
  await room.localParticipant.publishTrack(LocalAudioTrack.create(TRACK_NAMES.tone, source));
  const play = async (): Promise<void> => {
    const tone = new Tone({ frequency: TONE_HZ });
    while (!signal.aborted) await source.captureFrame(tone.next(10));
  };
  return { done: play(), source };
}

async function filmWith({ device }: DemoDevice, { room }: RoleContext): Promise<Publishing> {
  const { width, height, fps } = PICTURE;
  const graph = device?.startsWith(GRAPH) ? device.slice(GRAPH.length) : undefined;
  const camera = await publishCamera(room, {
    ...VIDEO,
    name: TRACK_NAMES.scene,
    // The agent's picture, and the page, have this shape.
    ...{ width, height, fps },
    ...(graph !== undefined
      ? { device: graph, backend: 'lavfi' as const }
      : device !== undefined && { device }),
  });
  return { done: untilOver(camera, 'camera') };
}

async function listenWith({ device }: DemoDevice, { room }: RoleContext): Promise<Publishing> {
  const microphone = await publishMicrophone(room, {
    name: TRACK_NAMES.tone,
    ...(device !== undefined && { device }),
  });
  return { done: untilOver(microphone, 'microphone') };
}

/** Leaving the room is how it ends; rejects if it does before that. */
async function untilOver(capture: PublishedCapture, what: string): Promise<void> {
  const { reason, error } = await capture.closed;
  if (reason === 'disconnected') return;
  throw error instanceof Error ? error : new Error(`the ${what} ended (${reason})`);
}
