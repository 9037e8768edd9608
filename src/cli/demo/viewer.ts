import { AudioStream } from '../../audio/audio-stream.js';
import { wallClockUs } from '../../core/clock.js';
import { frequencyOf } from '../../testing/tone.js';
import type { MediaRecorder } from '../../record/media-recorder.js';
import type { VideoFrame } from '../../video/video-frame.js';
import { VideoStream } from '../../video/video-stream.js';
import { ViewerChecks } from './checks.js';
import { readFrameCode } from './frame-code.js';
import { HopMeter } from './hop-meter.js';
import { type DemoRecording, TRACK_NAMES } from './protocol.js';
import { receiveOnly } from './receive-only.js';
import type { RoleContext, RoleRun } from './role.js';
import { sinceSentUs } from './sent-at.js';
import { savePng } from './snapshot.js';

/** How long a snapshot waits for a picture. */
const SNAPSHOT_TIMEOUT_MS = 3_000;

/** Sees what the agent makes, and what it's made of, and checks both; records what the agent makes, if asked to. */
export async function view(context: RoleContext): Promise<RoleRun> {
  if (context.record === undefined) return await watch(context, undefined);
  const { MediaRecorder } = await import('../../record/media-recorder.js');
  // What can't be recorded is to be known before anything else.
  const recorder = await MediaRecorder.open(context.record, { overwrite: true });
  try {
    return await watch(context, recorder);
  } catch (error) {
    await recorder.close();
    throw error;
  }
}

async function watch(
  { room, inputs, signal }: RoleContext,
  recorder: MediaRecorder | undefined,
): Promise<RoleRun> {
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
  const record = async (): Promise<void> => {
    // Streams of its own: what the viewer is too slow for, the recorder need not be.
    await recorder?.record({
      video: new VideoStream(edges.track),
      audio: new AudioStream(tone.track),
    });
    await recorder?.stop();
  };
  const finishRecording = async (): Promise<DemoRecording | undefined> => {
    if (!recorder) return undefined;
    const { path, durationMs } = await recorder.stop();
    return { path, seconds: durationMs / 1000 };
  };
  return {
    done: Promise.all([watchAgent(), watchPainter(), listen(), record()]),
    finishRecording,
    meters: { 'agent -> viewer': processedMeter, 'painter -> viewer': originalMeter },
    checks,
    snapshot,
  };
}

function latencyOf({ metadata: { captureTimeUs } }: VideoFrame): number | undefined {
  return captureTimeUs === undefined ? undefined : wallClockUs() - captureTimeUs;
}
