// What the native side says of a stream's media, read from the wire or from a decoded message.

import type { AudioStreamEvent, FfiEvent, VideoStreamEvent } from '@livekit/rtc-ffi-bindings';
import type { Binding } from './binding.js';
import { fieldNumbers } from './field-numbers.js';
import { WireReader } from './wire-reader.js';

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

/** Reads media events from the bytes of an FfiEvent; leaves all others alone. */
export class MediaEventReader {
  // Field numbers come from the generated code, so that they can't differ from it.
  readonly #event;
  readonly #videoEvent;
  readonly #audioEvent;
  readonly #received;
  readonly #ownedBuffer;
  readonly #handle;
  readonly #bufferInfo;
  readonly #component;
  readonly #metadata;
  readonly #audioReceived;
  readonly #ownedAudio;
  readonly #audioInfo;
  readonly #reader = new WireReader();

  constructor(proto: Binding) {
    this.#event = fieldNumbers(proto.FfiEvent, 'videoStreamEvent', 'audioStreamEvent');
    this.#videoEvent = fieldNumbers(proto.VideoStreamEvent, 'streamHandle', 'frameReceived', 'eos');
    this.#audioEvent = fieldNumbers(proto.AudioStreamEvent, 'streamHandle', 'frameReceived', 'eos');
    this.#received = fieldNumbers(
      proto.VideoFrameReceived,
      'buffer',
      'timestampUs',
      'rotation',
      'metadata',
    );
    this.#ownedBuffer = fieldNumbers(proto.OwnedVideoBuffer, 'handle', 'info');
    this.#handle = fieldNumbers(proto.FfiOwnedHandle, 'id');
    this.#bufferInfo = fieldNumbers(
      proto.VideoBufferInfo,
      'type',
      'width',
      'height',
      'dataPtr',
      'stride',
      'components',
    );
    this.#component = fieldNumbers(
      proto.VideoBufferInfo_ComponentInfo,
      'dataPtr',
      'stride',
      'size',
    );
    this.#metadata = fieldNumbers(proto.FrameMetadata, 'userTimestamp', 'frameId', 'userData');
    this.#audioReceived = fieldNumbers(proto.AudioFrameReceived, 'frame');
    this.#ownedAudio = fieldNumbers(proto.OwnedAudioFrameBuffer, 'handle', 'info');
    this.#audioInfo = fieldNumbers(
      proto.AudioFrameBufferInfo,
      'dataPtr',
      'numChannels',
      'sampleRate',
      'samplesPerChannel',
    );
  }

  /** The media event that `bytes` are, or undefined for an event of another kind. */
  read(bytes: Uint8Array): MediaEvent | undefined {
    const reader = this.#reader;
    const no = this.#event;
    reader.start(bytes);
    while (reader.nextField()) {
      if (reader.field === no.videoStreamEvent) return this.#readVideo(reader);
      if (reader.field === no.audioStreamEvent) return this.#readAudio(reader);
      reader.skip();
    }
    return undefined;
  }

  #readVideo(reader: WireReader): MediaEvent {
    const no = this.#videoEvent;
    let stream = 0;
    let frame: NativeVideoFrame | undefined;
    reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.streamHandle) stream = reader.uint();
      else if (reader.field === no.frameReceived) frame = this.#readVideoFrame(reader);
      else reader.skip();
    }
    return frame ? { kind: 'video', stream, frame } : { kind: 'end', stream };
  }

  #readVideoFrame(reader: WireReader): NativeVideoFrame {
    const no = this.#received;
    const frame = emptyFrame();
    const outer = reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.buffer) this.#readOwnedBuffer(reader, frame);
      else if (reader.field === no.timestampUs) frame.timestampUs = reader.int();
      else if (reader.field === no.rotation) frame.rotation = reader.uint();
      else if (reader.field === no.metadata) this.#readMetadata(reader, frame);
      else reader.skip();
    }
    reader.leave(outer);
    return frame;
  }

  #readMetadata(reader: WireReader, frame: MutableMetadata): void {
    const no = this.#metadata;
    const outer = reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.userTimestamp) frame.captureTimeUs = reader.uint();
      else if (reader.field === no.frameId) frame.frameId = reader.uint();
      else if (reader.field === no.userData) frame.userData = reader.bytes();
      else reader.skip();
    }
    reader.leave(outer);
  }

  #readOwnedBuffer(reader: WireReader, picture: MutablePicture): void {
    const no = this.#ownedBuffer;
    const outer = reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.handle) picture.handle = this.#readHandle(reader);
      else if (reader.field === no.info) this.#readBufferInfo(reader, picture);
      else reader.skip();
    }
    reader.leave(outer);
  }

  #readHandle(reader: WireReader): number {
    const no = this.#handle;
    let id = 0;
    const outer = reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.id) id = reader.uint();
      else reader.skip();
    }
    reader.leave(outer);
    return id;
  }

  #readBufferInfo(reader: WireReader, picture: MutablePicture): void {
    const no = this.#bufferInfo;
    const outer = reader.enter();
    while (reader.nextField()) {
      const { field } = reader;
      if (field === no.components) picture.planes.push(this.#readComponent(reader));
      else if (field === no.dataPtr) picture.pointer = reader.uint();
      else if (field === no.width) picture.width = reader.uint();
      else if (field === no.height) picture.height = reader.uint();
      else if (field === no.type) picture.type = reader.uint();
      else if (field === no.stride) picture.stride = reader.uint();
      else reader.skip();
    }
    reader.leave(outer);
  }

  #readComponent(reader: WireReader): NativePlane {
    const no = this.#component;
    const plane = { pointer: 0, stride: 0, byteLength: 0 };
    const outer = reader.enter();
    while (reader.nextField()) {
      const { field } = reader;
      if (field === no.dataPtr) plane.pointer = reader.uint();
      else if (field === no.stride) plane.stride = reader.uint();
      else if (field === no.size) plane.byteLength = reader.uint();
      else reader.skip();
    }
    reader.leave(outer);
    return plane;
  }

  #readAudio(reader: WireReader): MediaEvent {
    const no = this.#audioEvent;
    let stream = 0;
    let frame: NativeAudioFrame | undefined;
    reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.streamHandle) stream = reader.uint();
      else if (reader.field === no.frameReceived) frame = this.#readAudioFrame(reader);
      else reader.skip();
    }
    return frame ? { kind: 'audio', stream, frame } : { kind: 'end', stream };
  }

  #readAudioFrame(reader: WireReader): NativeAudioFrame {
    const frame = { handle: 0, pointer: 0, sampleRate: 0, channels: 0, samplesPerChannel: 0 };
    const outer = reader.enter();
    while (reader.nextField()) {
      if (reader.field === this.#audioReceived.frame) this.#readOwnedAudio(reader, frame);
      else reader.skip();
    }
    reader.leave(outer);
    return frame;
  }

  #readOwnedAudio(reader: WireReader, frame: Mutable<NativeAudioFrame>): void {
    const no = this.#ownedAudio;
    const outer = reader.enter();
    while (reader.nextField()) {
      if (reader.field === no.handle) frame.handle = this.#readHandle(reader);
      else if (reader.field === no.info) this.#readAudioInfo(reader, frame);
      else reader.skip();
    }
    reader.leave(outer);
  }

  #readAudioInfo(reader: WireReader, frame: Mutable<NativeAudioFrame>): void {
    const no = this.#audioInfo;
    const outer = reader.enter();
    while (reader.nextField()) {
      const { field } = reader;
      if (field === no.dataPtr) frame.pointer = reader.uint();
      else if (field === no.numChannels) frame.channels = reader.uint();
      else if (field === no.sampleRate) frame.sampleRate = reader.uint();
      else if (field === no.samplesPerChannel) frame.samplesPerChannel = reader.uint();
      else reader.skip();
    }
    reader.leave(outer);
  }
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
type MutableMetadata = Pick<Mutable<NativeVideoFrame>, 'captureTimeUs' | 'frameId' | 'userData'>;

function emptyPicture(): MutablePicture {
  return { handle: 0, type: 0, width: 0, height: 0, pointer: 0, stride: 0, planes: [] };
}

function emptyFrame(): MutablePicture & Mutable<Omit<NativeVideoFrame, keyof NativePicture>> {
  return {
    handle: 0,
    type: 0,
    width: 0,
    height: 0,
    pointer: 0,
    stride: 0,
    planes: [],
    timestampUs: 0,
    rotation: 0,
    captureTimeUs: undefined,
    frameId: undefined,
    userData: undefined,
  };
}
