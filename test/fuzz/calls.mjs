// How targets say which calls there are.

/** `new Class(...)`. */
export function construct(Class, args, options) {
  return (f) => f.call(`new ${Class.name}`, args(f), (...given) => new Class(...given), options);
}

/** A function, or a static method of `on`. */
export function invoke(on, name, args, options) {
  const path = typeof on === 'function' ? `${on.name}.${name}` : name;
  return (f) => f.call(path, args(f), (...given) => on[name](...given), options);
}

/** A method of an object that is held. */
export function method(kind, name, args = () => [], options = {}) {
  return (f) => {
    const object = f.take(kind);
    if (object === undefined) return;
    f.call(
      `${kind}.${String(name)}`,
      args(f, object),
      (...given) => object[name](...given),
      options,
    );
  };
}

/** What getters of an object that is held say. */
export function getters(kind, names) {
  return (f) => {
    const object = f.take(kind);
    if (object === undefined) return;
    const name = f.random.of(names);
    f.call(`${kind}.${name}`, [], () => object[name]);
  };
}

/** `on`, `once` and `off` of an object that tells events. */
export function listeners(kind, events) {
  const args = (f) => [f.of(events), f.func()];
  return {
    [`${kind}.on`]: method(kind, 'on', args, { gives: 'off' }),
    [`${kind}.once`]: method(kind, 'once', args, { gives: 'off' }),
    [`${kind}.off`]: method(kind, 'off', args),
    [`${kind}.listenerCount`]: method(kind, 'listenerCount', (f) => [f.of(events)]),
    [`off of ${kind}`]: (f) => {
      const off = f.peek('off');
      if (typeof off === 'function') f.call('off', [], () => off());
    },
  };
}
