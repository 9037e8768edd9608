// Values that no argument should be. Each has a name for the log; `f` is the fuzzer, see fuzzer.mjs.

import vm from 'node:vm';
import { inspect } from 'node:util';
import { isLabelled, label } from './describe.mjs';
import { owned } from './judge.mjs';

const foreign = vm.createContext({});
const inForeign = (source) => vm.runInContext(source, foreign);

/** Memory that was transferred away. */
export function detach(buffer) {
  try {
    structuredClone(buffer, { transfer: [buffer] });
  } catch {
    // Shared, or gone already.
  }
}

function detached(view) {
  detach(view.buffer);
  return view;
}

function thrower(f, what) {
  const error = owned(f.random.chance(0.2) ? `thrown by ${what}` : new Error(`thrown by ${what}`));
  return () => {
    throw error;
  };
}

export const NUMBERS = [
  ...[NaN, Infinity, -Infinity, -0, 0, -1, 1, 0.5, 1.5, -1e-9, 5e-324, 1e300, 255, 256, 65_535],
  ...[
    65_536,
    2 ** 24 + 1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 31),
  ],
];

export const TEXTS = [
  ...[
    '',
    ' ',
    '4',
    '__proto__',
    'constructor',
    'toString',
    'rgba',
    '../../x',
    '/etc/passwd',
    '\u0000',
  ],
  ...[
    '\ud800',
    'a\u001b[31m\r\nb',
    '\u202eabc',
    '%s%n',
    '\ufeff',
    'é'.repeat(300),
    'x'.repeat(70_000),
  ],
];

class LyingBytes extends Uint8Array {
  get length() {
    return 1e9;
  }
  get byteLength() {
    return 2 ** 31;
  }
  get byteOffset() {
    return -8;
  }
  get buffer() {
    return new ArrayBuffer(1);
  }
}

class EvilSpecies extends Uint8Array {
  static get [Symbol.species]() {
    return Array;
  }
}

class OtherSubarray extends Uint8Array {
  subarray() {
    return [];
  }
  slice() {
    return 'bytes';
  }
  set() {}
}

const resizable = (size, most) => new ArrayBuffer(size, { maxByteLength: most });

export const BYTES = {
  'detached bytes': () => detached(new Uint8Array(64)),
  'detached ArrayBuffer': () => detached(new Uint8Array(64)).buffer,
  'detached Int16Array': () => detached(new Int16Array(64)),
  'detached Float32Array': () => detached(new Float32Array(64)),
  'bytes that shrank away': () => {
    const buffer = resizable(64, 128);
    const view = new Uint8Array(buffer, 32, 32);
    buffer.resize(16);
    return view;
  },
  'bytes that shrink soon': (f) => {
    const buffer = resizable(64, 128);
    setImmediate(() => buffer.resize(f.random.int(0, 128)));
    return new Uint8Array(buffer);
  },
  'bytes that are detached soon': () => {
    const view = new Uint8Array(64);
    queueMicrotask(() => detach(view.buffer));
    return view;
  },
  'growable shared bytes': () => {
    const buffer = new SharedArrayBuffer(16, { maxByteLength: 256 });
    setImmediate(() => buffer.grow(256));
    return new Uint8Array(buffer);
  },
  'no bytes': () => new Uint8Array(0),
  'no samples': () => new Int16Array(0),
  'no floats': () => new Float32Array(0),
  'a DataView': () => new DataView(new ArrayBuffer(64), 8, 8),
  'a Float64Array': () => new Float64Array(8),
  'a BigInt64Array': () => new BigInt64Array(8),
  'bytes at an odd offset': () => new Uint8Array(new ArrayBuffer(67), 3, 64),
  'bytes that lie': () => new LyingBytes(64),
  'bytes with another species': () => new EvilSpecies(64),
  'bytes with other methods': () => new OtherSubarray(64),
  'bytes with a length of their own': () =>
    Object.defineProperties(new Uint8Array(64), {
      byteLength: { value: 16_777_216 },
      length: { value: 16_777_216 },
      buffer: { value: null },
    }),
  'bytes whose iterator throws': (f) =>
    Object.assign(new Uint8Array(64), { [Symbol.iterator]: thrower(f, 'an iterator') }),
  'a Buffer of the pool': () => Buffer.from('0123456789abcdef'),
  'bytes of another realm': () => inForeign('new Uint8Array(64)'),
  'samples of another realm': () => inForeign('new Int16Array(64)'),
  'a buffer of another realm': () => inForeign('new ArrayBuffer(64)'),
  'a proxy of bytes': () => new Proxy(new Uint8Array(64), {}),
  'no bytes, with their prototype': () => Object.create(Uint8Array.prototype),
  'no bytes, with their tag': () => ({
    [Symbol.toStringTag]: 'Uint8Array',
    length: 4,
    byteLength: 4,
  }),
  "WebAssembly's memory": () =>
    new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer, 0, 64),
  'bytes of the package': (f) => f.peek('bytes'),
  'an array of numbers': () => [1, 2, 3, 4],
};

export const SIGNALS = {
  'an aborted signal': (f) => AbortSignal.abort(f.random.chance(0.5) ? 'reason' : undefined),
  'a signal aborted with null': () => AbortSignal.abort(null),
  'a signal that aborts in a microtask': () => {
    const controller = new AbortController();
    queueMicrotask(() => controller.abort(owned(new Error('aborted in a microtask'))));
    return controller.signal;
  },
  'a signal that aborts soon': () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort(owned(new Error('aborted soon'))));
    return controller.signal;
  },
  'a signal that times out': () => AbortSignal.timeout(3),
  'a live signal': () => new AbortController().signal,
  'a fake signal': () => ({ aborted: false, addEventListener() {}, removeEventListener() {} }),
  'no signal, with its prototype': () => Object.create(AbortSignal.prototype),
  'a proxy of a signal': () => new Proxy(new AbortController().signal, {}),
  'an AbortController': () => new AbortController(),
};

export const FUNCTIONS = {
  'a function that throws': (f) => thrower(f, 'a function'),
  'an async function that throws': (f) => {
    const throws = thrower(f, 'an async function');
    return async () => {
      await null;
      throws();
    };
  },
  'a function that calls again': (f) => f.again(),
  'a function that gives a hostile value': (f) => {
    const value = hostile(f);
    return () => value;
  },
  'a thenable that throws': (f) => {
    const throws = thrower(f, 'then');
    return () => ({ then: throws });
  },
  'a function that never settles': () => () => new Promise(() => {}),
  'a function of another realm': () => inForeign('() => new Error("x")'),
  'a class': () => class {},
  'an async generator': () => async function* () {},
  'a proxy of a function': () => new Proxy(() => undefined, {}),
};

export const OBJECTS = {
  'an empty object': () => ({}),
  'an empty array': () => [],
  'an array with a hole': () => [, 1, , 'x'],
  'a huge sparse array': () => {
    const array = [];
    array.length = 100_000;
    return array;
  },
  'a proxy of an array that lies': () =>
    new Proxy([1], { get: (target, key) => (key === 'length' ? 1e6 : target[key]) }),
  'an array whose iterator throws': (f) =>
    Object.assign([1, 2], { [Symbol.iterator]: thrower(f, 'an iterator') }),
  'an array with a then': (f) => Object.assign([1, 2], { then: thrower(f, 'then') }),
  'an array of a subclass': () => new (class extends Array {})(3),
  'an array of another realm': () => inForeign('[1, 2, 3]'),
  'an object of another realm': () => inForeign('({ width: 4 })'),
  'an object without prototype': () => Object.create(null),
  'a proxy that throws': (f) => {
    const throws = thrower(f, 'a proxy');
    const traps = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'set'];
    return new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, throws])));
  },
  'a proxy that has everything': () => new Proxy({}, { has: () => true, get: () => 4 }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a revoked proxy of an array': () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
  'valueOf throws': (f) => ({ valueOf: thrower(f, 'valueOf'), toString: thrower(f, 'toString') }),
  'toPrimitive throws': (f) => ({ [Symbol.toPrimitive]: thrower(f, 'toPrimitive') }),
  'valueOf changes': () => {
    let n = 0;
    return { valueOf: () => n++, toString: () => `RGBA${n++ > 0 ? n : ''}` };
  },
  'inspect throws': (f) => ({ [inspect.custom]: thrower(f, 'inspect') }),
  'inspect says much': () => ({ [inspect.custom]: () => '\u001b[31m\n'.repeat(1000) }),
  'toStringTag throws': (f) =>
    Object.defineProperty({}, Symbol.toStringTag, { get: thrower(f, 'a tag') }),
  'constructor throws': (f) => Object.defineProperty({}, 'constructor', { get: thrower(f, 'it') }),
  'a circle': () => {
    const circle = {};
    circle.self = circle;
    return circle;
  },
  'a boxed string': () => new String('RGBA'),
  'a boxed number': () => new Number(4),
  'no date': () => new Date(NaN),
  'a Map': () => new Map([['width', 4]]),
  'an error': () => new Error('hostile'),
  'a rejected promise': () => {
    const promise = Promise.reject(owned(new Error('rejected')));
    promise.catch(() => undefined);
    return promise;
  },
  'a promise': () => Promise.resolve(4),
  globalThis: () => globalThis,
  'something of another kind': (f) => f.anything(),
};

export const PRIMITIVES = [
  undefined,
  null,
  true,
  false,
  0n,
  2n ** 64n,
  Symbol('s'),
  Symbol.iterator,
];

function fromList(f, kinds) {
  const [name, make] = f.random.of(Object.entries(kinds));
  const value = make(f);
  if (kinds === SIGNALS) ownReason(value);
  return isLabelled(value) ? value : label(value, `<${name}>`);
}

/** A signal's reason may come back from the call. */
function ownReason(signal) {
  try {
    if (signal.aborted) owned(signal.reason);
    EventTarget.prototype.addEventListener.call(signal, 'abort', () => owned(signal.reason));
  } catch {
    // No signal, but something that looks like one.
  }
}

/** Any hostile value. */
export function hostile(f) {
  const kinds = [NUMBERS, TEXTS, PRIMITIVES, BYTES, SIGNALS, FUNCTIONS, OBJECTS, OBJECTS];
  return hostileOf(f, f.random.of(kinds));
}

/** A hostile value of a kind: one of the lists above. */
export function hostileOf(f, kinds) {
  return Array.isArray(kinds) ? f.random.of(kinds) : fromList(f, kinds);
}
