import {
  AccessToken,
  configureLog,
  configureMemory,
  LOG_LEVELS,
  PARTICIPANT_KINDS,
  RpcError,
  TRACK_SOURCES,
} from 'framewire';
import { construct, method } from '../calls.mjs';

const SECRET = 'a secret of more than thirty-two characters';

function options(f) {
  return f.options({
    identity: () => f.text(),
    name: () => f.text(),
    metadata: () => f.text(),
    attributes: () => attributes(f),
    kind: () => f.of(PARTICIPANT_KINDS),
    roomConfig: () =>
      f.options({
        emptyTimeoutS: () => f.int(1, 1000),
        departureTimeoutS: () => f.int(1, 1000),
        maxParticipants: () => f.int(1, 1000),
        metadata: () => f.text(),
      }),
    ttl: () => f.either(() => f.random.of([1, 3600, '10m', '2 hours', '-1s'])),
  });
}

/** Attributes, as a participant has them. */
export function attributes(f) {
  return f.options({ a: () => f.text(), b: () => f.text(), ü: () => f.text() });
}

function grant(f) {
  return f.options({
    roomJoin: () => f.boolean(),
    room: () => f.text(),
    canPublish: () => f.boolean(),
    canPublishData: () => f.boolean(),
    canPublishSources: () => f.list(() => f.of(TRACK_SOURCES)),
    canUpdateOwnMetadata: () => f.boolean(),
    hidden: () => f.boolean(),
  });
}

export const tokens = {
  fresh: { token: () => new AccessToken('key', SECRET, { identity: 'a' }) },
  close: {},
  calls: {
    'new AccessToken': construct(AccessToken, (f) => [f.text('key'), f.text(SECRET), options(f)], {
      gives: 'token',
    }),
    'token.addGrant': method('token', 'addGrant', (f) => [grant(f)]),
    'token.toJwt': method('token', 'toJwt'),
  },
};

/** What stands alone. */
export const others = {
  fresh: {},
  close: {},
  calls: {
    configureLog: (f) => {
      f.call(
        'configureLog',
        [
          f.options({
            level: () => f.of(LOG_LEVELS),
            rtcNodeLevel: () => f.of(['silent']),
            sink: () => f.func(),
          }),
        ],
        (...given) => configureLog(...given),
      );
      configureLog({ level: 'debug', rtcNodeLevel: 'silent' });
    },
    configureMemory: (f) => {
      f.call(
        'configureMemory',
        [f.options({ maxBytes: () => f.int(1, 1e9), maxIdleBytes: () => f.int(0, 1e8) })],
        (...given) => configureMemory(...given),
      );
      configureMemory({ maxBytes: 2 ** 30, maxIdleBytes: 2 ** 26 });
    },
    'new RpcError': construct(
      RpcError,
      (f) => [f.int(0, 2000), f.text(), f.random.chance(0.5) ? f.text() : undefined],
      { gives: (error) => void [error.reason, error.code, error.data, String(error)] },
    ),
  },
};
