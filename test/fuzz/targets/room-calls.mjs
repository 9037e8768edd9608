import { answerClockRequests, measureClockOffset, RpcError } from 'framewire';
import { getters, invoke, listeners, method } from '../calls.mjs';
import { attributes } from './tokens.mjs';
import { joinPair, someone } from './room-pair.mjs';

const METHODS = ['greet', 'fail', 'nothing'];

/** Calls from one participant to another. */
export async function rpc() {
  const { me, other, leave } = await joinPair('rpc');
  return {
    fresh: { me: () => me.localParticipant, room: () => other },
    close: { off: (off) => off() },
    end: leave,
    calls: {
      performRpc: method(
        'me',
        'performRpc',
        (f) => [
          f.options(
            {
              destinationIdentity: () => someone(f),
              method: () => f.of(METHODS),
              payload: () => f.text(),
              responseTimeoutMs: () => f.int(1, 200),
              maxRoundTripLatencyMs: () => f.int(1, 200),
              signal: () => f.signal(),
            },
            { needed: ['destinationIdentity', 'method', 'responseTimeoutMs'] },
          ),
        ],
        // Some say that they wait for weeks.
        { waits: true },
      ),
      registerRpcMethod: method(
        'room',
        'registerRpcMethod',
        (f) => [
          f.of(METHODS),
          f.func(
            () => 'an answer',
            async () => 'an answer later',
            () => {
              throw new RpcError(1, 'no', 'data');
            },
            () => 4,
          ),
        ],
        { gives: 'off' },
      ),
      unregisterRpcMethod: method('room', 'unregisterRpcMethod', (f) => [f.of(METHODS)]),
      answerClockRequests: invoke(
        { answerClockRequests },
        'answerClockRequests',
        (f) => [f.either(() => other)],
        { gives: 'off' },
      ),
      measureClockOffset: invoke(
        { measureClockOffset },
        'measureClockOffset',
        (f) => [
          f.either(() => me),
          someone(f),
          f.options({ rounds: () => f.int(1, 3), signal: () => f.signal() }),
        ],
        // As long as calls may take.
        { waits: true },
      ),
      'me.registerRpcMethod': method(
        'me',
        'registerRpcMethod',
        (f) => [f.of(METHODS), f.func(() => '')],
        { gives: 'off' },
      ),
      'me.unregisterRpcMethod': method('me', 'unregisterRpcMethod', (f) => [f.of(METHODS)]),
    },
  };
}

/** What we say of ourselves, and what others hear of it. */
export async function details() {
  const { me, other, leave } = await joinPair('details');
  const signal = (f) => f.options({ signal: () => f.signal() });
  return {
    fresh: { me: () => me.localParticipant, them: () => other.remoteParticipants.get('me') },
    close: { off: (off) => off() },
    end: leave,
    calls: {
      setMetadata: method('me', 'setMetadata', (f) => [f.text(), signal(f)]),
      setName: method('me', 'setName', (f) => [f.text(), signal(f)]),
      setAttributes: method('me', 'setAttributes', (f) => [attributes(f), signal(f)]),
      'me getters': getters('me', [
        'metadata',
        'name',
        'attributes',
        'permissions',
        'state',
        'sid',
      ]),
      'them getters': getters('them', ['metadata', 'name', 'attributes', 'kind', 'joinedAt']),
      'them.publicationOf': method('them', 'publicationOf', (f) => [f.of(['camera'])]),
      'them.audioLevel': method('them', 'audioLevel', (f) => [signal(f)]),
      ...listeners('them', ['metadataChanged', 'attributesChanged', 'nameChanged']),
    },
  };
}

/** Keys. */
export async function encryption() {
  // The other one takes its time on purpose.
  const keyDerivation = 'hkdf';
  const shared = await joinPair('shared-key', {
    encryption: { sharedKey: 'a passphrase', keyDerivation },
  });
  const each = await joinPair('own-keys', { encryption: { keyDerivation } });
  const key = (f) =>
    f.random.chance(0.5) ? f.text('a', 'passphrase') : f.bytes(() => new Uint8Array(16).fill(7));
  const options = (f) => f.options({ keyIndex: () => f.int(0, 15) });
  return {
    fresh: {
      e2ee: (f) => f.random.of([shared.me.e2ee, each.me.e2ee]),
    },
    hold: { e2ee: 2 },
    close: {},
    end: () => Promise.all([shared.leave(), each.leave()]),
    calls: {
      setSharedKey: method('e2ee', 'setSharedKey', (f) => [key(f), options(f)]),
      sharedKey: method('e2ee', 'sharedKey', (f) => [options(f)], { gives: 'bytes' }),
      ratchetSharedKey: method('e2ee', 'ratchetSharedKey', (f) => [options(f)]),
      setKey: method('e2ee', 'setKey', (f) => [someone(f), key(f), options(f)]),
      key: method('e2ee', 'key', (f) => [someone(f), options(f)], { gives: 'bytes' }),
      ratchetKey: method('e2ee', 'ratchetKey', (f) => [someone(f), options(f)]),
      setKeyIndex: method('e2ee', 'setKeyIndex', (f) => [
        someone(f),
        f.int(0, 15),
        f.options({ trackSid: () => f.text() }),
      ]),
      enable: method('e2ee', 'enable'),
      disable: method('e2ee', 'disable'),
      getters: getters('e2ee', ['enabled', 'frameCryptors']),
      publishData: (f) => {
        const one = f.random.of([shared, each]).me.localParticipant;
        f.call('publishData', [f.text()], (...given) => one.publishData(...given));
      },
    },
  };
}
