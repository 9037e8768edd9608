import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DTMF_DIGITS } from 'framewire';
import { getters, method } from '../calls.mjs';
import { attributes } from './tokens.mjs';
import { joinPair, someone } from './room-pair.mjs';

const TOPICS = ['t', 'u', ''];

function whom(f) {
  return {
    destinationIdentities: () => f.list(() => someone(f), 1, 3),
    signal: () => f.signal(),
  };
}

function streamFields(f) {
  return {
    topic: () => f.text(...TOPICS),
    attributes: () => attributes(f),
    streamId: () => f.text(`id-${f.random.int(0, 1e9)}`),
    ...whom(f),
  };
}

function textFields(f) {
  return {
    ...streamFields(f),
    replyToStreamId: () => f.text(),
    attachedStreamIds: () => f.list(() => f.text()),
  };
}

function byteFields(f) {
  return { ...streamFields(f), name: () => f.text('a.txt', '../../x'), mimeType: () => f.text() };
}

const someBytes = (f) => f.bytes(() => new Uint8Array(f.random.int(0, 2000)));

/** Packets, texts, bytes and files, and whoever reads them. */
export async function data() {
  const { me, other, leave } = await joinPair('data');
  const sender = { me: () => me.localParticipant };
  const folder = mkdtempSync(join(tmpdir(), 'framewire-fuzz-files-'));
  const file = join(folder, 'sent.txt');
  writeFileSync(file, 'a file');
  const saved = mkdtempSync(join(folder, 'saved-'));
  let fuzzer;

  const readOptions = (f) => ({
    maxBytes: () => f.int(0, 100_000),
    onProgress: () => f.func(),
    signal: () => f.signal(),
  });
  const send = (name, args, options) => method('me', name, args, options);
  const iterated = (kind) => (f) => {
    const reader = f.take(kind);
    if (!reader) return;
    const first = async () => reader[Symbol.asyncIterator]().next();
    f.call(`${kind}[Symbol.asyncIterator]`, [], first, { waits: true });
  };

  return {
    fresh: sender,
    hold: { textReader: 16, byteReader: 16 },
    close: {
      textReader: (one) => one.close(),
      byteReader: (one) => one.close(),
      textWriter: (one) => one.abort(),
      byteWriter: (one) => one.abort(),
    },
    start: (f) => {
      fuzzer = f;
      for (const topic of TOPICS) {
        other.registerTextStreamHandler(topic, (reader) => fuzzer.keep('textReader', reader));
        other.registerByteStreamHandler(topic, (reader) => fuzzer.keep('byteReader', reader));
      }
      other.on('dataReceived', (packet) => fuzzer.keep('bytes', packet.data));
    },
    end: async () => {
      await leave();
      // Whatever senders called their files, nothing is beside the folder that was given.
      const beside = readdirSync(folder).filter((name) => !['sent.txt'].includes(name));
      if (beside.length > 1) fuzzer.fail(`files lie outside of their folder: ${beside.join(', ')}`);
      rmSync(folder, { recursive: true, force: true });
    },
    calls: {
      publishData: send('publishData', (f) => [
        f.random.chance(0.5) ? someBytes(f) : f.text(),
        f.options({ reliable: () => f.boolean(), topic: () => f.text(), ...whom(f) }),
      ]),
      sendText: send('sendText', (f) => [f.text(), f.options(textFields(f))]),
      sendBytes: send('sendBytes', (f) => [
        someBytes(f),
        f.options({ ...byteFields(f), onProgress: () => f.func() }),
      ]),
      sendFile: send('sendFile', (f) => [
        f.text(file),
        f.options({ ...byteFields(f), onProgress: () => f.func() }),
      ]),
      streamText: send('streamText', (f) => [f.options(textFields(f))], { gives: 'textWriter' }),
      streamBytes: send(
        'streamBytes',
        (f) => [f.options({ ...byteFields(f), totalBytes: () => f.int(0, 4000) })],
        { gives: 'byteWriter' },
      ),
      'textWriter.write': method('textWriter', 'write', (f) => [f.text()]),
      'textWriter.close': method('textWriter', 'close'),
      'textWriter.abort': method('textWriter', 'abort', (f) => [f.text()]),
      'textWriter getters': getters('textWriter', ['info', 'bytesWritten']),
      'byteWriter.write': method('byteWriter', 'write', (f) => [someBytes(f)]),
      'byteWriter.close': method('byteWriter', 'close'),
      'byteWriter.abort': method('byteWriter', 'abort', (f) => [f.text()]),
      'textReader.readAll': method('textReader', 'readAll', (f) => [f.options(readOptions(f))], {
        waits: true,
      }),
      'textReader[Symbol.asyncIterator]': iterated('textReader'),
      'textReader.close': method('textReader', 'close'),
      'textReader getters': getters('textReader', ['info', 'progress', 'participant']),
      'byteReader.readAll': method('byteReader', 'readAll', (f) => [f.options(readOptions(f))], {
        waits: true,
      }),
      'byteReader.saveTo': method(
        'byteReader',
        'saveTo',
        (f) => [
          f.text(saved),
          f.options({
            name: () => f.text(),
            overwrite: () => f.boolean(),
            ...readOptions(f),
          }),
        ],
        {
          waits: true,
          gives: (path) => {
            if (dirname(path) !== saved) fuzzer.fail(`a file was saved as ${path}`);
          },
        },
      ),
      'byteReader[Symbol.asyncIterator]': iterated('byteReader'),
      'byteReader.close': method('byteReader', 'close'),
      'byteReader getters': getters('byteReader', ['info', 'progress', 'bytesReceived']),
      sendChatMessage: send('sendChatMessage', (f) => [f.text(), f.options(whom(f))], {
        gives: 'message',
      }),
      editChatMessage: send('editChatMessage', (f) => [
        f.object('message'),
        f.text(),
        f.options(whom(f)),
      ]),
      publishTranscription: send('publishTranscription', (f) => [
        f.options(
          {
            participantIdentity: () => someone(f),
            trackSid: () => f.text(),
            segments: () => f.list(() => segment(f)),
            signal: () => f.signal(),
          },
          { needed: ['participantIdentity', 'trackSid', 'segments'] },
        ),
      ]),
      publishDtmf: send('publishDtmf', (f) => [
        f.options(
          { digit: () => f.of(DTMF_DIGITS), code: () => f.int(0, 15), ...whom(f) },
          { needed: ['digit'] },
        ),
      ]),
    },
  };
}

function segment(f) {
  return f.options(
    {
      id: () => f.text(),
      text: () => f.text(),
      startTimeMs: () => f.int(0, 1e6),
      endTimeMs: () => f.int(0, 1e6),
      final: () => f.boolean(),
      language: () => f.text('en'),
    },
    { needed: ['id', 'text'] },
  );
}
