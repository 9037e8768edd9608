import { createHash } from 'node:crypto';
import { Room } from 'framewire';
import type { Place } from './test-pattern.js';

/** Takes files and gives a receipt for each. */
export class Mailbox implements AsyncDisposable {
  readonly #room = new Room();

  static async join({ url, token, signal }: Place): Promise<Mailbox> {
    const mailbox = new Mailbox();
    const room = mailbox.#room;
    room.registerByteStreamHandler('files', async (reader, { identity }) => {
      const hash = createHash('sha256');
      for await (const piece of reader) hash.update(piece);
      const receipt = `${reader.bytesReceived} bytes, sha256 ${hash.digest('hex')}`;
      const to = { topic: 'receipts', destinationIdentities: [identity] };
      await room.localParticipant.sendText(receipt, to);
    });
    await room.connect(url, await token('mailbox'), { signal });
    return mailbox;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#room.disconnect();
  }
}
