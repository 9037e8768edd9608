import { KEY_DERIVATIONS, Room, TRACK_SOURCES } from 'framewire';
import { getters, invoke, listeners, method } from '../calls.mjs';
import { joinPair, server, someone, tokenFor } from './room-pair.mjs';

const EVENTS = ['connected', 'disconnected', 'stateChanged', 'error', 'participantConnected'];
const GETTERS = ['state', 'connected', 'name', 'metadata', 'createdAt', 'activeSpeakers'];

const connectOptions = (f) =>
  f.options({
    autoSubscribe: () => f.boolean(),
    dynacast: () => f.boolean(),
    iceServers: () =>
      f.list(() =>
        f.options(
          {
            urls: () => f.list(() => f.text('stun:127.0.0.1:9'), 1),
            username: () => f.text(),
            credential: () => f.text(),
          },
          { needed: ['urls'] },
        ),
      ),
    connectTimeoutMs: () => f.number(1, 5_000),
    encryption: () =>
      f.options({
        sharedKey: () => f.text(),
        keyDerivation: () => f.of(KEY_DERIVATIONS),
        ratchetSalt: () => f.bytes(() => new Uint8Array(8)),
        ratchetWindowSize: () => f.int(0, 16),
        failureTolerance: () => f.int(-1, 100),
        keyRingSize: () => f.int(1, 255),
        requireEncryption: () => f.boolean(),
      }),
    dataStream: () => f.options({ maxPayloadBytes: () => f.int(1, 1e6) }),
    signal: () => f.signal(),
  });

const filter = (f) =>
  f.options({
    kind: () => f.of(['video', 'audio']),
    source: () => f.of(TRACK_SOURCES),
    participant: () => someone(f),
    name: () => f.text(),
    timeoutMs: () => f.number(1, 200),
    signal: () => f.signal(),
  });

/** Rooms: joined, left, asked. */
export async function rooms() {
  const { other, leave } = await joinPair('rooms');
  const { url } = server();
  const token = await tokenFor('third', other.name);
  const wait = (f) => f.options({ timeoutMs: () => f.number(1, 200), signal: () => f.signal() });
  const signal = (f) => f.options({ signal: () => f.signal() });
  const handler = (f) => [
    f.text('t', 'u'),
    f.func(),
    f.options({ maxBufferedBytes: () => f.int(1, 1e6) }),
  ];
  return {
    fresh: { room: () => new Room() },
    hold: { room: 4, tracks: 6 },
    pauseMs: 15,
    close: {
      room: (room) => room.disconnect(),
      off: (off) => off(),
      tracks: (tracks) => tracks.return(),
    },
    end: leave,
    calls: {
      'room.connect': method('room', 'connect', (f) => [
        // A port where nobody listens; hostile addresses are refused before anything is asked.
        f.text(url, url, url, 'ws://127.0.0.1:9'),
        f.text(token, token, 'x.y.z'),
        connectOptions(f),
      ]),
      'room.disconnect': method('room', 'disconnect'),
      'room.close': method('room', 'close'),
      'room.sid': method('room', 'sid', (f) => [signal(f)]),
      'room.getStats': method('room', 'getStats', (f) => [signal(f)]),
      'room.tracks': method('room', 'tracks', (f) => [filter(f)], { gives: 'tracks' }),
      'tracks.next': method('tracks', 'next', () => [], { waits: true }),
      'tracks.return': method('tracks', 'return'),
      'room.waitForTrack': method('room', 'waitForTrack', (f) => [filter(f)], { waits: true }),
      'room.waitForParticipant': method(
        'room',
        'waitForParticipant',
        (f) => [someone(f), wait(f)],
        {
          waits: true,
        },
      ),
      'room.simulateScenario': method('room', 'simulateScenario', (f) => [
        f.of(['signal-reconnect']),
        signal(f),
      ]),
      'room.registerRpcMethod': method('room', 'registerRpcMethod', (f) => [f.text(), f.func()], {
        gives: 'off',
      }),
      'room.unregisterRpcMethod': method('room', 'unregisterRpcMethod', (f) => [f.text()]),
      'room.registerTextStreamHandler': method('room', 'registerTextStreamHandler', handler, {
        gives: 'off',
      }),
      'room.unregisterTextStreamHandler': method('room', 'unregisterTextStreamHandler', (f) => [
        f.text('t', 'u'),
      ]),
      'room.registerByteStreamHandler': method('room', 'registerByteStreamHandler', handler, {
        gives: 'off',
      }),
      'room.unregisterByteStreamHandler': method('room', 'unregisterByteStreamHandler', (f) => [
        f.text('t', 'u'),
      ]),
      'Room.from': invoke(Room, 'from', (f) => [f.either(() => ({}))]),
      'room getters': getters('room', GETTERS),
      'room.localParticipant': getters('room', ['localParticipant', 'remoteParticipants']),
      'room.e2ee.setSharedKey': (f) => {
        const room = f.take('room');
        f.call('room.e2ee.setSharedKey', [f.text()], (...given) =>
          room.e2ee.setSharedKey(...given),
        );
      },
      ...listeners('room', EVENTS),
    },
  };
}
