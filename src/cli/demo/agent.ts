import { AudioSource } from '../../audio/audio-source.js';
import { AudioStream } from '../../audio/audio-stream.js';
import { wallClockUs } from '../../core/clock.js';
import { LocalAudioTrack, LocalVideoTrack } from '../../tracks/local-track.js';
import { byteLengthOf } from '../../video/pixel-format.js';
import type { VideoFrame } from '../../video/video-frame.js';
import { VideoSource } from '../../video/video-source.js';
import { VideoStream } from '../../video/video-stream.js';
import { answerChat } from './chat-partner.js';
import { drawEdges, drawLabel } from './edges.js';
import { readFrameCode, writeFrameCode } from './frame-code.js';
import { Guests } from './guests.js';
import { HopMeter } from './hop-meter.js';
import { PICTURE, TRACK_NAMES } from './protocol.js';
import { receiveOnly } from './receive-only.js';
import type { RoleContext, RoleRun } from './role.js';
import { sentAtBytes } from './sent-at.js';

const LABEL = 'EDGES BY FRAMEWIRE';

/**
 * Sees the painter, publishes the edges of each picture, and passes the sound on; and does the same
 * for the guests who come by the page.
 */
export async function process({ room, inputs, signal }: RoleContext): Promise<RoleRun> {
  const { width, height, fps } = PICTURE;
  // The pictures may come in a smaller size for a while.
  const camera = new VideoSource({ width, height, onResize: 'scale' });
  const voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 200 });
  receiveOnly(room, { painter: [TRACK_NAMES.scene, TRACK_NAMES.tone] });
  const [seen, heard] = await Promise.all([
    room.waitForTrack({ kind: 'video', participant: 'painter', signal }),
    room.waitForTrack({ kind: 'audio', participant: 'painter', signal }),
    room.localParticipant.publishTrack(LocalVideoTrack.create(TRACK_NAMES.edges, camera), {
      codec: 'vp8',
      simulcast: false,
      maxFps: fps,
      // Edges are harder to encode than what they are of.
      maxBitrateBps: 3_000_000,
      // The viewer reads a code in the picture: on a busy machine rather a coarse one than a small one.
      degradationPreference: 'maintain-framerate-and-resolution',
    }),
    room.localParticipant.publishTrack(LocalAudioTrack.create(TRACK_NAMES.tone, voice)),
  ]);

  const stream = new VideoStream(seen.track, { format: 'I420' });
  const meter = new HopMeter(stream, seen.track);
  const watch = async (): Promise<void> => {
    let pixels = new Uint8Array(0);
    for await (using frame of stream) {
      const { captureTimeUs } = frame.metadata;
      meter.add(frame, captureTimeUs === undefined ? undefined : wallClockUs() - captureTimeUs);
      const bytes = byteLengthOf('I420', frame.width, frame.height);
      // captureFrame reads the pixels before it returns, so the memory serves again.
      if (pixels.length !== bytes) pixels = new Uint8Array(bytes);
      // A camera's pictures have no number: they get the agent's own.
      processPicture(frame, pixels, inputs.camera && camera.framesCaptured);
      using edges = frame.replace(pixels);
      camera.captureFrame(edges, {
        // The painter's time stays that of the picture; ours is for the next hop.
        metadata: {
          ...(captureTimeUs !== undefined && { captureTimeUs }),
          userData: sentAtBytes(),
        },
      });
    }
  };
  const listen = async (): Promise<void> => {
    for await (const frame of new AudioStream(heard.track)) await voice.captureFrame(frame);
  };
  const guests = new Guests(room);
  answerChat(room, (identity) => ({
    painter: meter.newest,
    guest: guests.newest(identity),
    people: [room.localParticipant, ...room.remoteParticipants.values()].map(
      (one) => one.name || one.identity,
    ),
  }));
  const done = Promise.all([watch(), listen(), guests.done]);
  return { done, meters: { 'painter -> agent': meter }, sources: [camera, voice], guests };
}

function processPicture(frame: VideoFrame, to: Uint8Array, ownNumber: number | undefined): void {
  const read = frame.borrow((view) => {
    drawEdges(view, to, frame);
    return readFrameCode(view, frame)?.number;
  });
  drawLabel(to, frame, LABEL);
  // Only what was read: a number that comes out at the far end was in the painter's picture.
  const number = ownNumber ?? read;
  if (number !== undefined) writeFrameCode(to, frame, { author: 'agent', number });
}
