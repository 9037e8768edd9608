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
  /** Sends 1280x720, and smaller sizes as well. Default: 640x360 alone. */
  readonly simulcast?: boolean;
}

/**
 * A participant who publishes 640x360 at 30 fps (red, green, blue and white quarters and the number
 * of the frame) and a tone of 440 Hz, so that samples which receive have something to receive.
 */
export class TestPattern implements AsyncDisposable {
  readonly #room = new Room();
  readonly #simulcast: boolean;
  readonly #camera: VideoSource;
  readonly #voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 200 });
  readonly #pacer = new FramePacer({ fps: FPS });
  readonly #done: Promise<unknown>[] = [];

  private constructor(simulcast: boolean) {
    this.#simulcast = simulcast;
    this.#camera = new VideoSource(
      simulcast ? { width: 1280, height: 720 } : { width: 640, height: 360 },
    );
  }

  static async publish(place: Place, options: TestPatternOptions = {}): Promise<TestPattern> {
    const { url, token, signal } = place;
    const { encryption, simulcast = false } = options;
    const pattern = new TestPattern(simulcast);
    try {
      await pattern.#room.connect(url, await token('test-pattern'), {
        ...(encryption && { encryption }),
        signal,
      });
      await pattern.#publish();
    } catch (error) {
      await pattern.close();
      throw error;
    }
    return pattern;
  }

  async #publish(): Promise<void> {
    const me = this.#room.localParticipant;
    await me.publishTrack(LocalVideoTrack.create('pattern', this.#camera), {
      maxFps: FPS,
      simulcast: this.#simulcast,
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
    const { width, height } = this.#camera;
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    context.font = '64px sans-serif';
    context.textAlign = 'center';
    for await (const { index } of this.#pacer) {
      for (const [i, color] of ['#ff0000', '#00ff00', '#0000ff', '#ffffff'].entries()) {
        context.fillStyle = color;
        context.fillRect((i % 2) * (width / 2), Math.floor(i / 2) * (height / 2), width, height);
      }
      context.fillStyle = '#000000';
      context.fillText(String(index), width / 2, height / 2 + 22);
      using frame = new VideoFrame(canvas.data(), { width, height, format: 'RGBA' });
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
