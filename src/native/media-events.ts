// What the native side says of a stream's media, read from the wire or from a decoded message.

import type { AudioStreamEvent, FfiEvent, VideoStreamEvent } from '@livekit/rtc-ffi-bindings';
import type { Binding } from './binding.js';
import { fieldNumbers } from './field-numbers.js';
import { type WireMessage, WireReader } from './wire-reader.js';

/** A plane of a native picture. */
export interface NativePlane {
  readonly pointer: number;
  readonly stride: number;
  readonly byteLength: number;
}

/** A picture in native memory, which lives until its handle is dropped. */
export interface NativePicture {
  readonly handle: number;
  /** Index into PIXEL_FORMATS, which has the order of LiveKit's VideoBufferType. */
  readonly type: number;
  readonly width: number;
  readonly height: number;
  readonly pointer: number;
  readonly stride: number;
  /** Empty for packed formats. */
  readonly planes: readonly NativePlane[];
}

/** A video frame as it was received. */
export interface NativeVideoFrame extends NativePicture {
  readonly timestampUs: number;
  /** Index into 0, 90, 180, 270 degrees. */
  readonly rotation: number;
  readonly captureTimeUs: number | undefined;
  readonly frameId: number | undefined;
  readonly userData: Uint8Array | undefined;
}

/** Interleaved 16-bit samples in native memory, which live until the handle is dropped. */
export interface NativeAudioFrame {
  readonly handle: number;
  readonly pointer: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly samplesPerChannel: number;
}

/** One event of a stream. */
export type MediaEvent =
  | { readonly kind: 'video'; readonly stream: number; readonly frame: NativeVideoFrame }
  | { readonly kind: 'audio'; readonly stream: number; readonly frame: NativeAudioFrame }
  | { readonly kind: 'end'; readonly stream: number };

/** Where {@link MediaEventReader} has the values of an event. */
const SLOTS = {
  event: 0,
  video: 1,
  audio: 2,
  received: 3,
  stream: 4,
  buffer: 5,
  owned: 6,
  handle: 7,
  info: 8,
  type: 9,
  width: 10,
  height: 11,
  pointer: 12,
  stride: 13,
  timestampUs: 14,
  rotation: 15,
  metadata: 16,
  captureTimeUs: 17,
  frameId: 18,
  userData: 19,
  userDataEnd: 20,
  sampleRate: 21,
  channels: 22,
  samplesPerChannel: 23,
  planes: 24,
  // And further ones for each plane after the first.
  planePointer: 25,
  planeStride: 26,
  planeByteLength: 27,
} as const;

const SLOTS_A_PLANE = 3;

/** No format has more. */
const MOST_PLANES = 4;

/** Reads media events from the bytes of an FfiEvent; leaves all others alone. */
export class MediaEventReader {
  readonly #reader: WireReader;

  constructor(proto: Binding) {
    const slots = SLOTS.planePointer + SLOTS_A_PLANE * MOST_PLANES;
    this.#reader = new WireReader(wantedOf(proto), slots);
  }

  /** The media event that `bytes` are, or undefined for an event of another kind. */
  read(bytes: Uint8Array): MediaEvent | undefined {
    this.#reader.read(bytes);
    const { values } = this.#reader;
    const video = values[SLOTS.video] !== 0;
    if (!video && values[SLOTS.audio] === 0) return undefined;
    const stream = values[SLOTS.stream] || 0;
    if (values[SLOTS.received] === 0) return { kind: 'end', stream };
    return video
      ? { kind: 'video', stream, frame: videoFrame(values, bytes) }
      : { kind: 'audio', stream, frame: audioFrame(values) };
  }
}

function videoFrame(values: Float64Array, bytes: Uint8Array): NativeVideoFrame {
  const planes: NativePlane[] = [];
  const count = Math.min(values[SLOTS.planes] || 0, MOST_PLANES);
  for (let i = 0; i < count * SLOTS_A_PLANE; i += SLOTS_A_PLANE) {
    planes.push({
      pointer: values[SLOTS.planePointer + i] || 0,
      stride: values[SLOTS.planeStride + i] || 0,
      byteLength: values[SLOTS.planeByteLength + i] || 0,
    });
  }
  return {
    handle: values[SLOTS.handle] || 0,
    type: values[SLOTS.type] || 0,
    width: values[SLOTS.width] || 0,
    height: values[SLOTS.height] || 0,
    pointer: values[SLOTS.pointer] || 0,
    stride: values[SLOTS.stride] || 0,
    planes,
    timestampUs: values[SLOTS.timestampUs] || 0,
    rotation: values[SLOTS.rotation] || 0,
    captureTimeUs: given(values[SLOTS.captureTimeUs]),
    frameId: given(values[SLOTS.frameId]),
    userData:
      given(values[SLOTS.userData]) === undefined
        ? undefined
        : bytes.slice(values[SLOTS.userData], values[SLOTS.userDataEnd]),
  };
}

function audioFrame(values: Float64Array): NativeAudioFrame {
  return {
    handle: values[SLOTS.handle] || 0,
    pointer: values[SLOTS.pointer] || 0,
    sampleRate: values[SLOTS.sampleRate] || 0,
    channels: values[SLOTS.channels] || 0,
    samplesPerChannel: values[SLOTS.samplesPerChannel] || 0,
  };
}

/** `undefined` for what the event didn't have. */
function given(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function wantedOf(proto: Binding): WireMessage {
  const event = fieldNumbers(proto.FfiEvent, 'videoStreamEvent', 'audioStreamEvent');
  const { id } = fieldNumbers(proto.FfiOwnedHandle, 'id');
  const handle = { count: SLOTS.owned, fields: { [id]: SLOTS.handle } };
  return {
    count: SLOTS.event,
    fields: {
      [event.videoStreamEvent]: wantedOfVideo(proto, handle),
      [event.audioStreamEvent]: wantedOfAudio(proto, handle),
    },
  };
}

function wantedOfVideo(proto: Binding, handle: WireMessage): WireMessage {
  const event = fieldNumbers(proto.VideoStreamEvent, 'streamHandle', 'frameReceived');
  const received = fieldNumbers(
    proto.VideoFrameReceived,
    'buffer',
    'timestampUs',
    'rotation',
    'metadata',
  );
  const owned = fieldNumbers(proto.OwnedVideoBuffer, 'handle', 'info');
  const metadata = fieldNumbers(proto.FrameMetadata, 'userTimestamp', 'frameId', 'userData');
  return {
    count: SLOTS.video,
    fields: {
      [event.streamHandle]: SLOTS.stream,
      [event.frameReceived]: {
        count: SLOTS.received,
        fields: {
          [received.buffer]: {
            count: SLOTS.buffer,
            fields: { [owned.handle]: handle, [owned.info]: wantedOfPicture(proto) },
          },
          [received.timestampUs]: SLOTS.timestampUs,
          [received.rotation]: SLOTS.rotation,
          [received.metadata]: {
            count: SLOTS.metadata,
            fields: {
              [metadata.userTimestamp]: SLOTS.captureTimeUs,
              [metadata.frameId]: SLOTS.frameId,
              [metadata.userData]: SLOTS.userData,
            },
          },
        },
      },
    },
  };
}

function wantedOfPicture(proto: Binding): WireMessage {
  const info = fieldNumbers(
    proto.VideoBufferInfo,
    'type',
    'width',
    'height',
    'dataPtr',
    'stride',
    'components',
  );
  const plane = fieldNumbers(proto.VideoBufferInfo_ComponentInfo, 'dataPtr', 'stride', 'size');
  return {
    count: SLOTS.info,
    fields: {
      [info.type]: SLOTS.type,
      [info.width]: SLOTS.width,
      [info.height]: SLOTS.height,
      [info.dataPtr]: SLOTS.pointer,
      [info.stride]: SLOTS.stride,
      [info.components]: {
        count: SLOTS.planes,
        step: SLOTS_A_PLANE,
        fields: {
          [plane.dataPtr]: SLOTS.planePointer,
          [plane.stride]: SLOTS.planeStride,
          [plane.size]: SLOTS.planeByteLength,
        },
      },
    },
  };
}

function wantedOfAudio(proto: Binding, handle: WireMessage): WireMessage {
  const event = fieldNumbers(proto.AudioStreamEvent, 'streamHandle', 'frameReceived');
  const { frame } = fieldNumbers(proto.AudioFrameReceived, 'frame');
  const owned = fieldNumbers(proto.OwnedAudioFrameBuffer, 'handle', 'info');
  const info = fieldNumbers(
    proto.AudioFrameBufferInfo,
    'dataPtr',
    'numChannels',
    'sampleRate',
    'samplesPerChannel',
  );
  return {
    count: SLOTS.audio,
    fields: {
      [event.streamHandle]: SLOTS.stream,
      [event.frameReceived]: {
        count: SLOTS.received,
        fields: {
          [frame]: {
            count: SLOTS.buffer,
            fields: {
              [owned.handle]: handle,
              [owned.info]: {
                count: SLOTS.info,
                fields: {
                  [info.dataPtr]: SLOTS.pointer,
                  [info.numChannels]: SLOTS.channels,
                  [info.sampleRate]: SLOTS.sampleRate,
                  [info.samplesPerChannel]: SLOTS.samplesPerChannel,
                },
              },
            },
          },
        },
      },
    },
  };
}

/** The same, of an event that somebody else's client has decoded already. */
export function mediaEventOf(event: FfiEvent): MediaEvent | undefined {
  if (event.message.case === 'videoStreamEvent') return videoEventOf(event.message.value);
  if (event.message.case === 'audioStreamEvent') return audioEventOf(event.message.value);
  return undefined;
}

function videoEventOf(event: VideoStreamEvent): MediaEvent {
  const stream = Number(event.streamHandle);
  if (event.message.case !== 'frameReceived') return { kind: 'end', stream };
  const { buffer, timestampUs, rotation, metadata } = event.message.value;
  const frame = {
    ...pictureOf(buffer),
    timestampUs: Number(timestampUs),
    rotation: rotation ?? 0,
    captureTimeUs:
      metadata?.userTimestamp === undefined ? undefined : Number(metadata.userTimestamp),
    frameId: metadata?.frameId,
    userData: metadata?.userData,
  };
  return { kind: 'video', stream, frame };
}

function audioEventOf(event: AudioStreamEvent): MediaEvent {
  const stream = Number(event.streamHandle);
  if (event.message.case !== 'frameReceived') return { kind: 'end', stream };
  const { handle, info } = event.message.value.frame ?? {};
  const frame = {
    handle: Number(handle?.id ?? 0),
    pointer: Number(info?.dataPtr ?? 0),
    sampleRate: info?.sampleRate ?? 0,
    channels: info?.numChannels ?? 0,
    samplesPerChannel: info?.samplesPerChannel ?? 0,
  };
  return { kind: 'audio', stream, frame };
}

/** The picture that a response or an event speaks of. */
export function pictureOf(
  buffer: InstanceType<Binding['OwnedVideoBuffer']> | undefined,
): NativePicture {
  const picture = emptyPicture();
  picture.handle = Number(buffer?.handle?.id ?? 0);
  picture.type = buffer?.info?.type ?? 0;
  picture.width = buffer?.info?.width ?? 0;
  picture.height = buffer?.info?.height ?? 0;
  picture.pointer = Number(buffer?.info?.dataPtr ?? 0);
  picture.stride = buffer?.info?.stride ?? 0;
  for (const { dataPtr, stride, size } of buffer?.info?.components ?? []) {
    picture.planes.push({ pointer: Number(dataPtr), stride: stride ?? 0, byteLength: size ?? 0 });
  }
  return picture;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutablePicture = Mutable<Omit<NativePicture, 'planes'>> & { planes: NativePlane[] };

function emptyPicture(): MutablePicture {
  return { handle: 0, type: 0, width: 0, height: 0, pointer: 0, stride: 0, planes: [] };
}
