import type { ChatMessage, Room } from 'framewire';
import { acquaintances } from '../support/data.js';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

/** The chat as a room sees it. */
function chatOf(room: Room): { readonly text: string; readonly from: string | undefined }[] {
  const chat: { text: string; from: string | undefined }[] = [];
  room.on('chatMessage', ({ message: text }, participant) => {
    chat.push({ text, from: participant?.identity });
  });
  return chat;
}

describe('a chat message', () => {
  it('comes to the others once, as it was sent', async () => {
    const [alice, bob] = await acquaintances(live, 'alice', 'bob');
    const mine = chatOf(alice!);
    const came: (readonly [ChatMessage, string | undefined])[] = [];
    bob!.on('chatMessage', (message, participant) => {
      came.push([message, participant?.identity]);
    });
    const sent = await alice!.localParticipant.sendChatMessage('hello 🎈');
    const last = nextEvent(bob!, 'chatMessage', ({ message }) => message === 'the last');
    await alice!.localParticipant.sendChatMessage('the last');
    await last;
    expect(sent).toEqual({
      id: expect.any(String) as string,
      message: 'hello 🎈',
      timestampMs: expect.any(Number) as number,
      editTimestampMs: undefined,
      deleted: false,
      generated: false,
    });
    expect(came).toEqual([
      [sent, 'alice'],
      [expect.objectContaining({ message: 'the last' }), 'alice'],
    ]);
    expect(mine).toEqual([]);
  });

  it('that is edited comes again under its id', async () => {
    const [alice, bob] = await acquaintances(live, 'alice', 'bob');
    const sent = await alice!.localParticipant.sendChatMessage('helo');
    const came = nextEvent(bob!, 'chatMessage', ({ message }) => message === 'hello');
    const edited = await alice!.localParticipant.editChatMessage(sent, 'hello');
    expect(edited).toEqual({
      ...sent,
      message: 'hello',
      editTimestampMs: expect.any(Number) as number,
    });
    expect((await came)[0]).toEqual(edited);
  });

  it('goes to those it names alone', async () => {
    const [alice, bob, carol] = await acquaintances(live, 'alice', 'bob', 'carol');
    const [ofBob, ofCarol] = [chatOf(bob!), chatOf(carol!)];
    const last = [bob!, carol!].map((room) =>
      nextEvent(room, 'chatMessage', ({ message }) => message === 'everybody'),
    );
    const destinationIdentities = ['carol'];
    await alice!.localParticipant.sendChatMessage('carol only', { destinationIdentities });
    await alice!.localParticipant.sendChatMessage('everybody');
    await Promise.all(last);
    expect(ofBob).toEqual([{ text: 'everybody', from: 'alice' }]);
    expect(ofCarol).toEqual([
      { text: 'carol only', from: 'alice' },
      { text: 'everybody', from: 'alice' },
    ]);
  });

  it('may have 60,000 bytes', async () => {
    const [alice, bob] = await acquaintances(live, 'alice', 'bob');
    const came = nextEvent(bob!, 'chatMessage');
    const text = 'ä'.repeat(30_000);
    await alice!.localParticipant.sendChatMessage(text);
    expect((await came)[0].message).toBe(text);
    await expect(alice!.localParticipant.sendChatMessage(`${text}x`)).rejects.toThrow(RangeError);
  });

  it('is refused at once without permission, after leaving, or with arguments that make no sense', async () => {
    const mute = await live.join('mute', { grants: { canPublishData: false } });
    await expect(mute.localParticipant.sendChatMessage('hello')).rejects.toMatchObject({
      code: 'forbidden',
    });
    const { localParticipant } = mute;
    for (const [text, options] of [
      [7, {}],
      ['x', { destinationIdentities: 'bob' }],
      ['x', { signal: 'now' }],
    ]) {
      await expect(
        localParticipant.sendChatMessage(text as string, options as object),
      ).rejects.toThrow(TypeError);
    }
    await expect(localParticipant.editChatMessage({ id: '' } as ChatMessage, 'x')).rejects.toThrow(
      RangeError,
    );
    await expect(localParticipant.editChatMessage(undefined as never, 'x')).rejects.toThrow(
      TypeError,
    );
    const room = await live.join('alice');
    await room.disconnect();
    await expect(room.localParticipant.sendChatMessage('hello')).rejects.toMatchObject({
      code: 'disconnected',
    });
  });
});
