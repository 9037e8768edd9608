import { FramePacer, type PacerTick, VideoSource } from 'framewire';
import { type Color, solidFrame } from 'framewire/testing';

/** Captures one frame. */
export type Capture = (source: VideoSource, tick: PacerTick) => void;

/** How large a {@link Painter}'s picture is. */
export interface PainterOptions {
  /** Width in pixels. Default 320. */
  readonly width?: number;
  /** Height in pixels. Default 180. */
  readonly height?: number;
}

/** A video source that shows one colour, or what you capture, 30 times a second from `start()` on. */
export class Painter implements Disposable {
  readonly source: VideoSource;
  readonly #pacer = new FramePacer({ fps: 30 });
  #capture: Capture;

  constructor(what: Color | Capture, { width = 320, height = 180 }: PainterOptions = {}) {
    this.source = new VideoSource({ width, height });
    this.#capture = typeof what === 'function' ? what : this.#plain(what);
  }

  /** Shows another colour from the next frame on. */
  change(color: Color): void {
    this.#capture = this.#plain(color);
  }

  /** Captures nothing until it's to show a colour again. */
  rest(): void {
    this.#capture = () => undefined;
  }

  /** Begins to paint. */
  start(): void {
    void this.#paint();
  }

  /** Stops painting and closes the source. Safe to call twice. */
  close(): void {
    this.#pacer.close();
    this.source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #plain(color: Color): Capture {
    const { width, height } = this.source;
    const frame = solidFrame(color, { width, height, format: 'RGBA' });
    return (source) => source.captureFrame(frame);
  }

  async #paint(): Promise<void> {
    for await (const tick of this.#pacer) {
      // A test may close the source alone.
      if (this.source.closed) return;
      this.#capture(this.source, tick);
    }
  }
}
