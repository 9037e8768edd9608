import { type Room, RpcError, type TextStreamReader } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { lose, reconnect } from '../support/reconnects.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

/** Two who know each other, and have talked. */
async function pair(): Promise<[alice: Room, bob: Room]> {
  const alice = await live.join('alice');
  const bob = await live.join('bob');
  // A track for this would be subscribed just before the connection is lost, which LiveKit doesn't always bear.
  await Promise.all([alice.waitForParticipant('bob'), bob.waitForParticipant('alice')]);
  for (const room of [alice, bob]) {
    room.registerRpcMethod('name', () => room.localParticipant.identity);
  }
  // A quick reconnect before anything was ever sent may leave LiveKit's data channel stuck.
  await Promise.all([nameOf('bob', alice), nameOf('alice', bob)]);
  return [alice, bob];
}

function nameOf(identity: string, room: Room): Promise<string> {
  return room.localParticipant.performRpc({ destinationIdentity: identity, method: 'name' });
}

/** A method that answers when it's told to. */
function slowMethod(room: Room): { readonly called: Promise<void>; readonly answer: () => void } {
  const hooks: { called?: () => void; answer?: () => void } = {};
  const called = new Promise<void>((resolve) => (hooks.called = resolve));
  const answered = new Promise<void>((resolve) => (hooks.answer = resolve));
  room.registerRpcMethod('slow', async () => {
    hooks.called?.();
    await answered;
    return 'at last';
  });
  return { called, answer: () => hooks.answer?.() };
}

describe.each(['signal-reconnect', 'full-reconnect'] as const)('over a %s', (scenario) => {
  it('methods stay registered, and calls and packets that wait for the connection go out', async () => {
    const [alice, bob] = await pair();
    const back = nextEvent(alice, 'reconnected');
    const received = nextEvent(bob, 'dataReceived');
    await lose(alice, scenario);
    const sent = alice.localParticipant.publishData('still there', { topic: 'chat' });
    await back;
    await sent;
    const [packet] = await received;
    expect([packet.text, packet.topic, packet.senderIdentity]).toEqual([
      'still there',
      'chat',
      expect.stringMatching(/^alice$|^$/) as string,
    ]);
    expect(await Promise.all([nameOf('bob', alice), nameOf('alice', bob)])).toEqual([
      'bob',
      'alice',
    ]);
    const answered = nextEvent(alice, 'dataReceived');
    await bob.localParticipant.publishData('yes');
    expect((await answered)[0].text).toBe('yes');
  });
});

describe('a call that waits for its answer', () => {
  it('gets it over a quick reconnect', async () => {
    const [alice, bob] = await pair();
    const { called, answer } = slowMethod(bob);
    const call = alice.localParticipant.performRpc({ destinationIdentity: 'bob', method: 'slow' });
    await called;
    await reconnect(alice, 'signal-reconnect');
    answer();
    expect(await call).toBe('at last');
  });

  it.each(['alice', 'bob'] as const)(
    'fails as if the other one had left over a full reconnect of %s, and its handler is told',
    async (who) => {
      const [alice, bob] = await pair();
      const aborted = new Promise<void>((resolve) => {
        bob.registerRpcMethod('slow', ({ signal }) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
          called();
          return new Promise<string>(() => undefined);
        });
      });
      let called = (): void => undefined;
      const begun = new Promise<void>((resolve) => (called = resolve));
      const call = alice.localParticipant.performRpc({
        destinationIdentity: 'bob',
        method: 'slow',
      });
      const failure = call.catch((error: unknown) => error as RpcError);
      await begun;
      await reconnect(who === 'alice' ? alice : bob, 'full-reconnect');
      expect(await failure).toMatchObject({ reason: 'recipient-disconnected' });
      await aborted;
      expect(await failure).toBeInstanceOf(RpcError);
    },
  );
});

describe('a text that is being sent', () => {
  /** Alice writes, Bob has got the first word. */
  async function story() {
    const [alice, bob] = await pair();
    const incoming = new Promise<TextStreamReader>((resolve) => {
      bob.registerTextStreamHandler('story', resolve);
    });
    const writer = await alice.localParticipant.streamText({ topic: 'story' });
    await writer.write('once ');
    const words = (await incoming)[Symbol.asyncIterator]();
    expect(await words.next()).toEqual({ done: false, value: 'once ' });
    return { alice, bob, writer, words };
  }

  it('goes on over a quick reconnect', async () => {
    const { alice, writer, words } = await story();
    const back = nextEvent(alice, 'reconnected');
    await lose(alice, 'signal-reconnect');
    const writing = writer.write('upon ');
    await back;
    await writing;
    await writer.write('a time');
    await writer.close();
    let rest = '';
    for (let next = await words.next(); !next.done; next = await words.next()) rest += next.value;
    expect(rest).toBe('upon a time');
  });

  it('breaks off at both ends over a full reconnect of its sender', async () => {
    const { alice, writer, words } = await story();
    const broken = words.next().catch((error: unknown) => error);
    await reconnect(alice, 'full-reconnect');
    expect(await broken).toMatchObject({ code: 'participant-left' });
    const write = async (): Promise<never> => {
      for (;;) await writer.write('upon ');
    };
    await expect(write()).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('breaks off for a receiver that makes a full reconnect', async () => {
    const { bob, writer, words } = await story();
    const broken = words.next().catch((error: unknown) => error);
    await reconnect(bob, 'full-reconnect');
    expect(await broken).toMatchObject({ code: 'participant-left' });
    await writer.write('upon ');
    await writer.close();
  });
});
