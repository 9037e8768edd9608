import { Room, RpcError } from 'framewire';
import type { Place } from './test-pattern.js';

/** Calls `divide` of one called `calculator` as soon as that is there, and says what it answers. */
export class Pupil implements AsyncDisposable {
  readonly #room = new Room();
  #asking: Promise<void> | undefined;

  static async join({ url, token, signal }: Place): Promise<Pupil> {
    const pupil = new Pupil();
    await pupil.#room.connect(url, await token('pupil'), { signal });
    pupil.#asking = pupil.#ask(signal);
    // It's awaited on leaving.
    pupil.#asking.catch(() => undefined);
    return pupil;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#asking?.catch(() => undefined);
    await this.#room.disconnect();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    await this.#room.waitForParticipant('calculator', { signal });
    for (const payload of ['7/2', '1/0']) {
      const call = { destinationIdentity: 'calculator', method: 'divide', payload, signal };
      try {
        const result = await this.#room.localParticipant.performRpc(call);
        console.log(`pupil: ${payload} is ${result}`);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        console.log(`pupil: ${payload} failed: ${error.message} (${error.code})`);
      }
    }
  }
}
