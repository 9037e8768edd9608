import { checkInteger, checkObject } from '../core/check.js';
import { wallClockUs } from '../core/clock.js';
import { FramewireError } from '../core/errors.js';
import { plainBytes } from '../core/own-bytes.js';
import type { FrameMetadata, VideoFrame } from './video-frame.js';

/** The most user data that arrives beside the capture time and the frame id, in every codec (measured). */
export const MAX_USER_DATA_BYTES = 232;

/** What a source needs to know of a place where a track of it is published. */
export interface MetadataCarrier {
  /** What the track is called. */
  readonly name: string;
  /** Whether metadata is sent with its frames. */
  readonly frameMetadata: boolean;
  /** What it's sent as, such as `video/VP8`; empty until that is known. */
  readonly mimeType: string;
}

/** All such places of a source, by track. */
export type MetadataCarriers = ReadonlyMap<object, MetadataCarrier>;

/** What goes with a frame, beside its id. */
export interface CaptureMetadata {
  readonly captureTimeUs: number;
  readonly userData: Uint8Array | undefined;
}

/**
 * What goes with a frame that is captured: what was given, else what the frame has itself.
 *
 * @throws TypeError or RangeError if what was given is not as it must be.
 * @throws FramewireError `invalid-state` if user data was given that none of the carriers sends.
 */
export function captureMetadata(
  frame: VideoFrame,
  given: Omit<FrameMetadata, 'frameId'> | undefined,
  carriers: MetadataCarriers,
): CaptureMetadata {
  if (given === undefined) return inherited(frame, carriers);
  checkObject(given, 'options.metadata');
  const { captureTimeUs = wallClockUs(), userData } = given;
  checkInteger(captureTimeUs, 'options.metadata.captureTimeUs', { min: 0 });
  return {
    captureTimeUs,
    userData: userData === undefined ? undefined : checkedUserData(userData, carriers),
  };
}

/**
 * What a frame passes on. Others may have sent it with user data that can't be sent from here, such as up
 * to 248 bytes when that goes alone (measured): whoever passes the frame on never saw them, and can't be
 * blamed for it.
 */
function inherited({ metadata }: VideoFrame, carriers: MetadataCarriers): CaptureMetadata {
  const { captureTimeUs = wallClockUs(), userData } = metadata;
  const passes =
    userData !== undefined &&
    userData.byteLength <= MAX_USER_DATA_BYTES &&
    !(hasStartCode(userData) && sentAsH264(carriers));
  return { captureTimeUs, userData: passes ? userData : undefined };
}

function checkedUserData(given: unknown, carriers: MetadataCarriers): Uint8Array {
  const name = 'options.metadata.userData';
  const userData = plainBytes(given, name);
  if (userData.byteLength > MAX_USER_DATA_BYTES) {
    throw new RangeError(
      `${name} must have at most ${MAX_USER_DATA_BYTES} bytes, got ${userData.byteLength}.`,
    );
  }
  if (userData.byteLength === 0) return userData;
  const places = [...carriers.values()];
  const [first] = places;
  if (first !== undefined && !places.some(({ frameMetadata }) => frameMetadata)) {
    throw new FramewireError(
      'invalid-state',
      `${name} would reach nobody: '${first.name}' is published without frameMetadata, as is h264 unless told otherwise.`,
    );
  }
  if (hasStartCode(userData) && sentAsH264(carriers)) {
    throw new RangeError(
      `${name} must not have the bytes 255, 255, 254 in a row where it's sent as h264: the frame would be lost.`,
    );
  }
  return userData;
}

/**
 * LiveKit sends metadata behind the frame with all its bits turned round. In H.264 these bytes become the
 * code with which a unit of its own begins (measured: the frame is lost).
 */
function hasStartCode({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return Buffer.from(buffer, byteOffset, byteLength).includes(TURNED_START_CODE);
}

const TURNED_START_CODE = Buffer.of(255, 255, 254);

function sentAsH264(carriers: MetadataCarriers): boolean {
  for (const { frameMetadata, mimeType } of carriers.values()) {
    if (frameMetadata && mimeType.toLowerCase() === 'video/h264') return true;
  }
  return false;
}
