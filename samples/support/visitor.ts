import { Room } from 'framewire';
import type { Place } from './test-pattern.js';

/** One who says hello in the chat once a bot is there, and prints what that says. */
export class Visitor implements AsyncDisposable {
  readonly #room = new Room();

  static async join({ url, token, signal }: Place): Promise<Visitor> {
    const visitor = new Visitor();
    const room = visitor.#room;
    room.on('chatMessage', ({ message }) => console.log(`visitor reads: ${message}`));
    room.on('participantConnected', async () => {
      await room.localParticipant.sendChatMessage('hello');
      await room.localParticipant.sendChatMessage('what time is it?');
    });
    await room.connect(url, await token('visitor'), { signal });
    return visitor;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#room.disconnect();
  }
}
