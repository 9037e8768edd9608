import { untilAborted } from '../core/abort.js';
import { shown } from '../core/check.js';
import { notConnected } from '../core/errors.js';
import { findFfmpeg } from '../ffmpeg/ffmpeg-program.js';
import { Room } from '../room/room.js';
import { encoderOf } from './output-format.js';
import { resolveRecorderOptions } from './recorder-options.js';
import {
  type RecordRoomOptions,
  resolveRoomOptions,
  type RoomRecordingSettings,
} from './room-recording-options.js';
import { RoomRecording } from './room-recording.js';
import { checkFolder } from './whole-file.js';

/**
 * Records a room to files in a folder: each track for itself, or everybody in one picture with all sound. People
 * may come, go, mute, publish anew and come back; who comes back, and who published before, gets new files.
 * `manifest.json` says whose they are, and where each begins on the recording's timeline.
 *
 * Tracks are recorded that we receive, from their first frame on: the camera and the microphone of one who is muted
 * have no file until they aren't. Our own tracks are recorded with `local: true`.
 *
 * @param room - A connected room. Leaving it ends the recording.
 * @returns The recording, which has begun.
 * @throws TypeError or RangeError if an argument is not as it must be.
 * @throws FramewireError `disconnected` if the room is not connected; `not-found` without the folder or without
 * ffmpeg, `unsupported` if that is too old or lacks a codec; `file` if the folder has a recording, or can't be
 * written in. The signal's reason, if it has aborted before that.
 * @example
 * ```ts
 * const recording = await recordRoom(room, { dir: 'monday', layout: 'tracks', signal });
 * recording.on('fileFailed', ({ file }, error) => console.warn(file, error));
 * const { files, manifestPath } = await recording.finished;
 * ```
 */
export async function recordRoom(room: Room, options: RecordRoomOptions): Promise<RoomRecording> {
  if (!(room instanceof Room)) throw new TypeError(`room must be a Room, got ${shown(room)}.`);
  const settings = resolveRoomOptions(options);
  const { dir, signal } = settings;
  signal?.throwIfAborted();
  if (!room.connected) throw notConnected();
  await untilAborted(checkFolder(dir), signal);
  await untilAborted(checkEncoders(options, settings), signal);
  return await RoomRecording.begin(room, settings);
}

/** @throws FramewireError if a file could not be encoded, which is better known now than when somebody comes. */
async function checkEncoders(
  { ffmpegPath }: RecordRoomOptions,
  { dir, formats }: RoomRecordingSettings,
): Promise<void> {
  const program = await findFfmpeg({ ffmpegPath });
  for (const kind of ['video', 'audio'] as const) {
    const { container, recorder } = formats[kind];
    const resolved = resolveRecorderOptions(`${dir}/x.${container}`, recorder);
    for (const one of [resolved.video, resolved.audio]) {
      if (one) await encoderOf(program, one.codec);
    }
  }
}
