import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FramewireError } from 'framewire';
import type { IncomingStream, StreamListener } from '../../src/native/incoming-streams.js';
import type { TextStreamInfo } from '../../src/native/stream-info.js';
import type { RemoteParticipant } from '../../src/room/remote-participant.js';
import { StreamHandlers } from '../../src/room/stream-handlers.js';
import { TextStreamReader } from '../../src/room/text-stream-reader.js';

const INFO: TextStreamInfo = {
  streamId: 'id',
  topic: 'test',
  mimeType: 'text/plain',
  timestampMs: 0,
  totalBytes: undefined,
  attributes: {},
  encrypted: false,
  replyToStreamId: undefined,
  attachedStreamIds: [],
};

/** Handlers whose room may know the sender, and a stream that the test itself sends. */
function setUp({ known = true, totalBytes = undefined as number | undefined } = {}) {
  const failures: unknown[] = [];
  const participant = { identity: 'alice' } as unknown as RemoteParticipant;
  const handlers = new StreamHandlers<TextStreamInfo, string, TextStreamReader>(
    {
      participant: () => (known ? participant : undefined),
      failed: (error) => failures.push(error),
    },
    (init) => TextStreamReader.create(init),
  );
  const sent: { listener?: StreamListener<string>; stopped: boolean } = { stopped: false };
  const stream: IncomingStream<TextStreamInfo, string> = {
    info: { ...INFO, totalBytes },
    identity: 'alice',
    start: (listener) => {
      sent.listener = listener;
      return () => {
        sent.stopped = true;
      };
    },
  };
  const begin = (): StreamListener<string> => {
    handlers.taker('test')?.(stream);
    return sent.listener!;
  };
  return { handlers, failures, sent, begin, participant };
}

describe('a handler', () => {
  it('gets the reader and who sends it', async () => {
    const { handlers, begin, participant } = setUp();
    const handler = jest.fn<unknown, [TextStreamReader, object]>();
    handlers.register('test', handler);
    const listener = begin();
    listener.chunk('a');
    listener.chunk('ü');
    listener.end();
    const [[reader, sender] = []] = handler.mock.calls;
    expect(sender).toEqual({ identity: 'alice', participant });
    expect(reader!.participant).toBe(participant);
    expect(reader!.bytesReceived).toBe(3);
    expect(await reader!.readAll()).toBe('aü');
  });

  it('is not there for another topic, nor once it was taken back', () => {
    const { handlers } = setUp();
    const off = handlers.register('test', () => undefined);
    expect(handlers.taker('other')).toBeUndefined();
    off();
    expect(handlers.taker('test')).toBeUndefined();
  });
});

describe('the sender of a stream', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('who is not known and silent for long is taken to have left', async () => {
    const { handlers, begin, sent } = setUp({ known: false });
    let reader: TextStreamReader | undefined;
    handlers.register('test', (one) => (reader = one));
    const listener = begin();
    listener.chunk('one ');
    jest.advanceTimersByTime(20_000);
    listener.chunk('two');
    jest.advanceTimersByTime(39_000);
    expect(sent.stopped).toBe(false);
    jest.advanceTimersByTime(30_000);
    expect(sent.stopped).toBe(true);
    const read: string[] = [];
    const reading = (async () => {
      for await (const piece of reader!) read.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'participant-left' });
    expect(read).toEqual(['one ', 'two']);
  });

  it('who is known may be silent for as long as it likes', async () => {
    const { handlers, begin, sent } = setUp();
    let reader: TextStreamReader | undefined;
    handlers.register('test', (one) => (reader = one));
    const listener = begin();
    jest.advanceTimersByTime(3_600_000);
    expect(sent.stopped).toBe(false);
    listener.chunk('at last');
    listener.end();
    expect(await reader!.readAll()).toBe('at last');
  });
});

describe('what came', () => {
  it('is less than announced: incomplete', async () => {
    const { handlers, begin } = setUp({ totalBytes: 10 });
    let reader: TextStreamReader | undefined;
    handlers.register('test', (one) => (reader = one));
    const listener = begin();
    listener.chunk('five ');
    listener.end();
    expect(reader!.progress).toBe(0.5);
    await expect(reader!.readAll()).rejects.toMatchObject({ code: 'incomplete' });
  });

  it('waits up to the limit, a single piece of any size', async () => {
    const { handlers, begin, sent } = setUp();
    let reader: TextStreamReader | undefined;
    handlers.register('test', (one) => (reader = one), { maxBufferedBytes: 10 });
    const listener = begin();
    listener.chunk('x'.repeat(100));
    const pieces = reader![Symbol.asyncIterator]();
    expect(await pieces.next()).toMatchObject({ value: 'x'.repeat(100) });
    for (let i = 0; i < 10; i++) listener.chunk('y');
    expect(sent.stopped).toBe(false);
    listener.chunk('z');
    expect(sent.stopped).toBe(true);
    await expect(pieces.next()).rejects.toMatchObject({ code: 'overflow' });
    await expect(pieces.next()).rejects.toBeInstanceOf(FramewireError);
  });

  it('is let go when the reader is forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { handlers, begin, sent } = setUp();
    handlers.register('test', () => undefined);
    const listener = begin();
    listener.chunk('x'.repeat(1_000));
    for (let round = 0; round < 100 && !sent.stopped; round++) {
      collect();
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(sent.stopped).toBe(true);
    // What comes all the same is of no consequence.
    listener.chunk('y');
    listener.end();
  });
});
