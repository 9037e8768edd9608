import { DATA_FRAME_ENCODINGS, DATA_SCHEMA_ENCODINGS, OVERFLOWS } from 'framewire';
import { getters, method } from '../calls.mjs';
import { joinPair, someone } from './room-pair.mjs';

const schema = (f) =>
  f.options(
    { name: () => f.text('pose'), encoding: () => f.of(DATA_SCHEMA_ENCODINGS) },
    { needed: ['name', 'encoding'] },
  );
const signal = (f) => f.options({ signal: () => f.signal() });

/** Data tracks: published, pushed, read. */
export async function dataTracks() {
  const { me, other, leave } = await joinPair('data-tracks');
  let fuzzer;
  return {
    fresh: { me: () => me.localParticipant },
    hold: { track: 4, remoteTrack: 4, stream: 6 },
    close: { track: (one) => one.unpublish(), stream: (one) => one.close() },
    start: (f) => {
      fuzzer = f;
      other.on('dataTrackPublished', (track) => fuzzer.keep('remoteTrack', track));
    },
    end: leave,
    calls: {
      publishDataTrack: method(
        'me',
        'publishDataTrack',
        (f) => [
          f.options(
            {
              name: () => f.text(`track-${f.random.int(0, 1e6)}`),
              schema: () => schema(f),
              frameEncoding: () => f.of(DATA_FRAME_ENCODINGS),
              signal: () => f.signal(),
            },
            { needed: ['name'] },
          ),
        ],
        { gives: 'track' },
      ),
      'track.tryPush': push(),
      'track.tryPush ': push(),
      'track.tryPush  ': push(),
      'track.unpublish': method('track', 'unpublish'),
      'track getters': getters('track', ['stats', 'published', 'schema']),
      'remoteTrack.subscribe': method(
        'remoteTrack',
        'subscribe',
        (f) => [
          f.options({
            capacity: () => f.int(1, 64),
            overflow: () => f.of(OVERFLOWS),
            signal: () => f.signal(),
          }),
        ],
        { gives: 'stream' },
      ),
      'remoteTrack getters': getters('remoteTrack', ['published', 'schema', 'frameEncoding']),
      'stream.next': method('stream', 'next', () => [], { waits: true }),
      'stream.return': method('stream', 'return'),
      'stream.close': method('stream', 'close'),
      'stream getters': getters('stream', ['stats', 'ended']),
      defineSchema: method('me', 'defineSchema', (f) => [schema(f), f.text(), signal(f)]),
      getSchema: method('me', 'getSchema', (f) => [someone(f), schema(f), signal(f)]),
    },
  };
}

function push() {
  return method('track', 'tryPush', (f) => [
    f.bytes(() => new Uint8Array(f.random.int(1, 2000))),
    f.options({ timestampUs: () => f.int(0, 2e15) }),
  ]);
}
