import { LocalVideoTrack, VideoFrame, VideoSource } from 'framewire';
import { captureVideoFrame } from '../../src/native/video-requests.js';

/**
 * A local track whose frames have whatever size: a source of Framewire's would refuse those, but other
 * SDKs' don't.
 */
export class Shapeshifter implements Disposable {
  readonly #source = new VideoSource({ width: 64, height: 48 });
  readonly track = LocalVideoTrack.create('shapeshifter', this.#source);
  #captured = 0;

  /** Captures a frame of another size than the source's, with its number as its id. */
  capture(width: number, height: number): void {
    using frame = VideoFrame.create({ width, height, format: 'I420' });
    const { handle } = this.#source as unknown as { readonly handle: number };
    const frameId = this.#captured;
    this.#captured += 1;
    const timestampUs = this.#captured * 33_333;
    const metadata = { captureTimeUs: Date.now() * 1000, frameId, userData: undefined };
    frame.withNativePixels((pixels) => {
      captureVideoFrame(handle, pixels, { timestampUs, rotation: 0, metadata });
    });
  }

  [Symbol.dispose](): void {
    this.#source.close();
  }
}
