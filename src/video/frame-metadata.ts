import { checkInteger, checkOptions } from '../core/check.js';
import { plainBytes } from '../core/own-bytes.js';

/** What the publisher of a frame said of it. */
export interface FrameMetadata {
  /** When the picture was taken, in microseconds since 1970 by the publisher's clock. */
  readonly captureTimeUs?: number;
  /** The publisher's count of its frames. Gaps are frames that didn't come. */
  readonly frameId?: number;
  /** What the publisher's program attached. */
  readonly userData?: Uint8Array;
}

/** The caller's metadata, checked, in an object of our own. @throws TypeError or RangeError if it's wrong. */
export function checkedMetadata(metadata: FrameMetadata | undefined, name: string): FrameMetadata {
  if (metadata === undefined) return {};
  checkOptions(metadata, name);
  const { captureTimeUs, frameId, userData } = metadata;
  if (captureTimeUs !== undefined) checkInteger(captureTimeUs, `${name}.captureTimeUs`, { min: 0 });
  if (frameId !== undefined) checkInteger(frameId, `${name}.frameId`, { min: 0, max: 0xffff_ffff });
  // Not the caller's object and memory, which may change.
  const own: Mutable<FrameMetadata> = {};
  if (captureTimeUs !== undefined) own.captureTimeUs = captureTimeUs;
  if (frameId !== undefined) own.frameId = frameId;
  if (userData !== undefined) {
    own.userData = new Uint8Array(plainBytes(userData, `${name}.userData`));
  }
  return own;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
