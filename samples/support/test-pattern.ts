import { createCanvas } from '@napi-rs/canvas';
import {
  AudioSource,
  type EncryptionOptions,
  FramePacer,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  VideoFrame,
  VideoSource,
} from 'framewire';
import { Tone } from 'framewire/testing';

const WIDTH = 640;
const HEIGHT = 360;
const FPS = 30;

/** Where to join. */
export interface Place {
  readonly url: string;
  readonly token: (identity: string) => Promise<string>;
  readonly signal: AbortSignal;
}

/** How the test pattern is published. */
export interface TestPatternOptions {
  /** As in `ConnectOptions`. */
  readonly encryption?: EncryptionOptions;
  /** Sends it in several sizes. Default `false`. */
  readonly simulcast?: boolean;
}

/**
 * A participant who publishes 640x360 at 30 fps (red, green, blue and white quarters and the number
 * of the frame) and a tone of 440 Hz, so that samples which receive have something to receive.
 */
export class TestPattern implements AsyncDisposable {
  readonly #room = new Room();
  readonly #camera = new VideoSource({ width: WIDTH, height: HEIGHT });
  readonly #voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 200 });
  readonly #pacer = new FramePacer({ fps: FPS });
  readonly #done: Promise<unknown>[] = [];

  private constructor() {
    // Made by `publish()`, since joining takes time.
  }

  static async publish(place: Place, options: TestPatternOptions = {}): Promise<TestPattern> {
    const { url, token, signal } = place;
    const { encryption, simulcast = false } = options;
    const pattern = new TestPattern();
    try {
      await pattern.#room.connect(url, await token('test-pattern'), {
        ...(encryption && { encryption }),
        signal,
      });
      await pattern.#publish(simulcast);
    } catch (error) {
      await pattern.close();
      throw error;
    }
    return pattern;
  }

  async #publish(simulcast: boolean): Promise<void> {
    const me = this.#room.localParticipant;
    await me.publishTrack(LocalVideoTrack.create('pattern', this.#camera), {
      maxFps: FPS,
      simulcast,
    });
    await me.publishTrack(LocalAudioTrack.create('tone', this.#voice));
    this.#done.push(this.#paint(), this.#hum());
  }

  async close(): Promise<void> {
    this.#pacer.close();
    this.#voice.close();
    await Promise.all(this.#done);
    await this.#room.disconnect();
    this.#camera.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #paint(): Promise<void> {
    const canvas = createCanvas(WIDTH, HEIGHT);
    const context = canvas.getContext('2d');
    context.font = '64px sans-serif';
    context.textAlign = 'center';
    for await (const { index } of this.#pacer) {
      for (const [i, color] of ['#ff0000', '#00ff00', '#0000ff', '#ffffff'].entries()) {
        context.fillStyle = color;
        context.fillRect((i % 2) * (WIDTH / 2), Math.floor(i / 2) * (HEIGHT / 2), WIDTH, HEIGHT);
      }
      context.fillStyle = '#000000';
      context.fillText(String(index), WIDTH / 2, HEIGHT / 2 + 22);
      using frame = new VideoFrame(canvas.data(), { width: WIDTH, height: HEIGHT, format: 'RGBA' });
      this.#camera.captureFrame(frame);
    }
  }

  async #hum(): Promise<void> {
    const tone = new Tone({ frequency: 440 });
    try {
      for (;;) await this.#voice.captureFrame(tone.next(20));
    } catch (error) {
      // That is how it ends.
      if (!this.#voice.closed) throw error;
    }
  }
}
