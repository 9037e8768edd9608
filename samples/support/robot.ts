import { FramePacer, Room } from 'framewire';
import type { Place } from './test-pattern.js';

/** One who tells where it is, ten times a second, and does what it's told. No media at all. */
export class Robot implements AsyncDisposable {
  readonly #room = new Room();
  readonly #pacer = new FramePacer({ fps: 10 });
  #speed = 1;
  #done: Promise<void> | undefined;

  static async join({ url, token, signal }: Place): Promise<Robot> {
    const robot = new Robot();
    robot.#room.on('dataReceived', async ({ topic, text }) => {
      if (topic !== 'command') return;
      robot.#speed = Number(text);
      const answer = `speed is ${text} now`;
      await robot.#room.localParticipant.publishData(answer, { topic: 'answer' });
    });
    await robot.#room.connect(url, await token('robot'), { signal });
    robot.#done = robot.#move();
    return robot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pacer.close();
    await this.#done;
    await this.#room.disconnect();
  }

  async #move(): Promise<void> {
    for await (const { index } of this.#pacer) {
      const position = JSON.stringify({ x: index * this.#speed });
      await this.#room.localParticipant.publishData(position, {
        topic: 'position',
        reliable: false,
      });
    }
  }
}
