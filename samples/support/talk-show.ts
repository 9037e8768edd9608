import {
  AudioFrame,
  AudioSource,
  FramePacer,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  VideoFrame,
  VideoSource,
} from 'framewire';
import { Tone } from 'framewire/testing';
import type { Place } from './test-pattern.js';

/** How long one speaks before it's the other's turn. */
const TURN_MS = 1500;

/** Ada, all red, and Ben, all blue, who speak in turns, so that there is somebody to follow. */
export class TalkShow implements AsyncDisposable {
  readonly #guests: Talker[];

  private constructor(guests: Talker[]) {
    this.#guests = guests;
  }

  static async begin(place: Place): Promise<TalkShow> {
    return new TalkShow([
      await Talker.join(place, { identity: 'ada', color: [220, 40, 40], turn: 0 }),
      await Talker.join(place, { identity: 'ben', color: [40, 40, 220], turn: 1 }),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const guest of this.#guests) await guest.close();
  }
}

interface Part {
  readonly identity: string;
  readonly color: readonly [number, number, number];
  /** Whether it speaks in even or in odd turns. */
  readonly turn: 0 | 1;
}

class Talker {
  readonly #room = new Room();
  readonly #camera = new VideoSource({ width: 320, height: 180 });
  readonly #voice = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 100 });
  readonly #pacer = new FramePacer({ fps: 15 });
  readonly #done: Promise<unknown>[] = [];

  static async join({ url, token, signal }: Place, part: Part): Promise<Talker> {
    const talker = new Talker();
    await talker.#room.connect(url, await token(part.identity), { signal });
    const me = talker.#room.localParticipant;
    await me.publishTrack(LocalVideoTrack.create('face', talker.#camera), { simulcast: false });
    await me.publishTrack(LocalAudioTrack.create('voice', talker.#voice));
    talker.#done.push(talker.#look(part.color), talker.#talk(part.turn));
    return talker;
  }

  async close(): Promise<void> {
    this.#pacer.close();
    this.#voice.close();
    await Promise.all(this.#done);
    await this.#room.disconnect();
    this.#camera.close();
  }

  async #look([red, green, blue]: Part['color']): Promise<void> {
    using frame = VideoFrame.create({ width: 320, height: 180, format: 'RGB24' });
    for (let i = 0; i < frame.data.length; i += 3) frame.data.set([red, green, blue], i);
    for await (const { timestampUs } of this.#pacer) {
      this.#camera.captureFrame(frame, { timestampUs });
    }
  }

  async #talk(turn: Part['turn']): Promise<void> {
    const speech = new Tone({ frequency: 300 });
    const silence = AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 960 });
    try {
      for (;;) {
        const mine = Math.floor(Date.now() / TURN_MS) % 2 === turn;
        await this.#voice.captureFrame(mine ? speech.next(20) : silence);
      }
    } catch (error) {
      // That is how it ends.
      if (!this.#voice.closed) throw error;
    }
  }
}
