// What came from the room, by kind, until somebody asks for it.

const waiting = new Map();
const came = new Map();

function queue(map, kind) {
  if (!map.has(kind)) map.set(kind, []);
  return map.get(kind);
}

export const arrivals = {
  add(kind, what) {
    const waiter = queue(waiting, kind).shift();
    if (waiter) waiter(what);
    else queue(came, kind).push(what);
  },
  /** The first that nobody asked for yet, or else the next one. */
  next(kind) {
    const first = queue(came, kind).shift();
    if (first) return Promise.resolve(first);
    return new Promise((resolve) => {
      queue(waiting, kind).push(resolve);
    });
  },
  clear() {
    waiting.clear();
    came.clear();
  },
};
