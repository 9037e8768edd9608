import type { Binding } from './binding.js';
import { fieldNumbers } from './field-numbers.js';
import { WireWriter } from './wire-writer.js';

/** Pixels in memory, as native code is told of them. */
export interface PixelsForNative {
  /** Index into PIXEL_FORMATS, which has the order of LiveKit's VideoBufferType. */
  readonly type: number;
  readonly width: number;
  readonly height: number;
  readonly pointer: bigint;
  readonly planes: readonly {
    readonly offset: number;
    readonly stride: number;
    readonly height: number;
  }[];
}

/** What is sent along with the pixels of a frame. */
export interface CaptureDetails {
  readonly timestampUs: number;
  /** Index into 0, 90, 180, 270 degrees. */
  readonly rotation: number;
  readonly metadata?: {
    readonly captureTimeUs: number;
    readonly frameId: number;
    readonly userData: Uint8Array | undefined;
  };
}

/** Writes the request that gives a frame to a source, without a message object. */
export class CaptureRequestWriter {
  readonly #request;
  readonly #capture;
  readonly #info;
  readonly #component;
  readonly #metadata;
  readonly #writer = new WireWriter();

  constructor(proto: Binding) {
    this.#request = fieldNumbers(proto.FfiRequest, 'captureVideoFrame');
    this.#capture = fieldNumbers(
      proto.CaptureVideoFrameRequest,
      'sourceHandle',
      'buffer',
      'timestampUs',
      'rotation',
      'metadata',
    );
    this.#info = fieldNumbers(
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
  }

  /** The request's bytes, which are good until the next one. */
  write(source: number, pixels: PixelsForNative, details: CaptureDetails): Uint8Array {
    const writer = this.#writer;
    const no = this.#capture;
    writer.start();
    const request = writer.enter(this.#request.captureVideoFrame);
    writer.uint(no.sourceHandle, source);
    this.#writePixels(pixels);
    writer.uint(no.timestampUs, details.timestampUs);
    writer.uint(no.rotation, details.rotation);
    if (details.metadata) this.#writeMetadata(details.metadata);
    writer.leave(request);
    return writer.finish();
  }

  #writePixels({ type, width, height, pointer, planes }: PixelsForNative): void {
    const writer = this.#writer;
    const no = this.#info;
    // Addresses have 48 bits.
    const start = Number(pointer);
    const message = writer.enter(this.#capture.buffer);
    writer.uint(no.type, type);
    writer.uint(no.width, width);
    writer.uint(no.height, height);
    writer.uint(no.dataPtr, start);
    writer.uint(no.stride, planes[0]?.stride ?? 0);
    if (planes.length > 1) {
      for (const { offset, stride, height: rows } of planes) {
        const plane = writer.enter(no.components);
        writer.uint(this.#component.dataPtr, start + offset);
        writer.uint(this.#component.stride, stride);
        writer.uint(this.#component.size, stride * rows);
        writer.leave(plane);
      }
    }
    writer.leave(message);
  }

  #writeMetadata({
    captureTimeUs,
    frameId,
    userData,
  }: NonNullable<CaptureDetails['metadata']>): void {
    const writer = this.#writer;
    const no = this.#metadata;
    const message = writer.enter(this.#capture.metadata);
    writer.uint(no.userTimestamp, captureTimeUs);
    writer.uint(no.frameId, frameId);
    if (userData) writer.bytes(no.userData, userData);
    writer.leave(message);
  }
}
