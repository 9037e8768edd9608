import { AudioStream } from '../../audio/audio-stream.js';
import { wallClockUs } from '../../core/clock.js';
import { frequencyOf } from '../../testing/tone.js';
import type { VideoFrame } from '../../video/video-frame.js';
import { VideoStream } from '../../video/video-stream.js';
import { ViewerChecks } from './checks.js';
import { readFrameCode } from './frame-code.js';
import { HopMeter } from './hop-meter.js';
import { TRACK_NAMES } from './protocol.js';
import { receiveOnly } from './receive-only.js';
import type { RoleContext, RoleRun } from './role.js';
import { sinceSentUs } from './sent-at.js';
import { savePng } from './snapshot.js';

/** How long a snapshot waits for a picture. */
const SNAPSHOT_TIMEOUT_MS = 3_000;

/** Sees what the agent makes, and what it's made of, and checks both. */
export async function view({ room, inputs, signal }: RoleContext): Promise<RoleRun> {
  receiveOnly(room, {
    agent: [TRACK_NAMES.edges, TRACK_NAMES.tone],
    painter: [TRACK_NAMES.scene],
  });
  const [edges, scene, tone] = await Promise.all([
    room.waitForTrack({ kind: 'video', participant: 'agent', signal }),
    room.waitForTrack({ kind: 'video', participant: 'painter', signal }),
    room.waitForTrack({ kind: 'audio', participant: 'agent', signal }),
  ]);
  const checks = new ViewerChecks(inputs);
  let nextPicture: ((frame: VideoFrame) => void) | undefined;

  const processed = new VideoStream(edges.track, { format: 'I420' });
  const processedMeter = new HopMeter(processed, edges.track);
  const watchAgent = async (): Promise<void> => {
    for await (using frame of processed) {
      processedMeter.add(frame, sinceSentUs(frame.metadata.userData));
      const code = frame.borrow((pixels) => readFrameCode(pixels, frame));
      checks.sawProcessed(code, latencyOf(frame));
      nextPicture?.(frame);
    }
  };
  const original = new VideoStream(scene.track, { format: 'I420' });
  const originalMeter = new HopMeter(original, scene.track);
  const watchPainter = async (): Promise<void> => {
    for await (using frame of original) {
      originalMeter.add(frame, latencyOf(frame));
      checks.sawOriginal(frame.borrow((pixels) => readFrameCode(pixels, frame)));
    }
  };
  const listen = async (): Promise<void> => {
    for await (const { data, sampleRate } of new AudioStream(tone.track, { frameMs: 100 })) {
      checks.heard(frequencyOf(data, sampleRate));
    }
  };

  const snapshot = async (file: string): Promise<void> => {
    const frame = await new Promise<VideoFrame>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error('no picture of the agent came'));
      }, SNAPSHOT_TIMEOUT_MS);
      nextPicture = (next) => {
        clearTimeout(timer);
        nextPicture = undefined;
        resolve(next.clone());
      };
    });
    try {
      await savePng(frame, file);
    } finally {
      frame.close();
    }
  };
  return {
    done: Promise.all([watchAgent(), watchPainter(), listen()]),
    meters: { 'agent -> viewer': processedMeter, 'painter -> viewer': originalMeter },
    checks,
    snapshot,
  };
}

function latencyOf({ metadata: { captureTimeUs } }: VideoFrame): number | undefined {
  return captureTimeUs === undefined ? undefined : wallClockUs() - captureTimeUs;
}
