// What the native side says of a stream, in our words. Not in the published types, which would load the
// binding's.

import type {
  ByteStreamInfo as RtcByteStreamInfo,
  TextStreamInfo as RtcTextStreamInfo,
} from '@livekit/rtc-ffi-bindings';
import type { ByteStreamInfo, StreamInfo, TextStreamInfo } from './stream-info.js';

/** */
export function textInfoOf(info: RtcTextStreamInfo): TextStreamInfo {
  return Object.freeze({
    ...infoOf(info),
    replyToStreamId: info.replyToStreamId === '' ? undefined : info.replyToStreamId,
    attachedStreamIds: Object.freeze([...info.attachedStreamIds]),
  });
}

/** */
export function byteInfoOf(info: RtcByteStreamInfo): ByteStreamInfo {
  return Object.freeze({ ...infoOf(info), name: info.name ?? '' });
}

function infoOf(info: RtcTextStreamInfo | RtcByteStreamInfo): StreamInfo {
  return {
    streamId: info.streamId ?? '',
    topic: info.topic ?? '',
    mimeType: info.mimeType ?? '',
    timestampMs: Number(info.timestamp ?? 0),
    totalBytes: info.totalLength === undefined ? undefined : Number(info.totalLength),
    attributes: Object.freeze({ ...info.attributes }),
    encrypted: (info.encryptionType ?? NOT_ENCRYPTED) !== NOT_ENCRYPTED,
  };
}

/** LiveKit's number for it. */
const NOT_ENCRYPTED = 0;
