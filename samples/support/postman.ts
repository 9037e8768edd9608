import { Room } from 'framewire';
import type { Place } from './test-pattern.js';

/** Sends two files once somebody is there: one as it should be, and one with a name that wants out. */
export class Postman implements AsyncDisposable {
  readonly #room = new Room();

  static async join({ url, token, signal }: Place): Promise<Postman> {
    const postman = new Postman();
    const room = postman.#room;
    room.on('participantConnected', async () => {
      const letter = Buffer.from('Dear Sir or Madam');
      for (const name of ['letter.txt', '../../notes.txt']) {
        await room.localParticipant.sendBytes(letter, { name, topic: 'files' });
      }
    });
    room.registerTextStreamHandler('receipts', async (reader) => {
      console.log(`postman: receipt for ${await reader.readAll()}`);
    });
    await room.connect(url, await token('postman'), { signal });
    return postman;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#room.disconnect();
  }
}
