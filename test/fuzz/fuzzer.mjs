// Makes the calls of one class: chooses them, makes their arguments, and judges how they end.

import { setImmediate as macrotask, setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import { describe, label } from './describe.mjs';
import {
  BYTES,
  FUNCTIONS,
  hostile,
  hostileOf,
  NUMBERS,
  OBJECTS,
  SIGNALS,
  TEXTS,
} from './hostile.mjs';
import { faultOf, owned, shownError } from './judge.mjs';
import { mix, Random } from './random.mjs';

/** How many objects of a kind are held at a time. */
const MAX_HELD = 8;
/** How many promises may be unsettled before the next call. */
const MAX_PENDING = 48;
/** After how many defects at different places a run is given up. */
const MAX_DEFECTS = 8;
/** How many turns there are for each call asked for, at most. */
const MOST_TURNS = 3;
/** How deep calls go that are made from within calls. */
const MAX_DEPTH = 2;

/** Thrown when something is not as it must be. */
export class Defect extends Error {}

/**
 * A target, made by a module of `targets/`:
 *
 * - `calls`: by name, functions that get the fuzzer and make one call with {@link Fuzzer.call};
 * - `fresh`: by kind, functions that make an object for `take()` with good arguments;
 * - `close`: by kind, how to let go of one that is no longer held;
 * - `hold`: by kind, how many are held; `forget`: kinds of which some are left to the collector;
 * - `pauseMs`: how long it waits now and then, for what is under way to come about. Default 0;
 * - `start`: gets the fuzzer before the first call; `end`: ends all that still waits.
 */
export class Fuzzer {
  /** The generator of the call that is being made. */
  random;
  #target;
  #names;
  #log;
  #held = new Map();
  #pending = new Map();
  #depth = 0;
  /** How likely each argument of the call is hostile. */
  #rate = 0;
  /** What is wrong, by the place where it went wrong. */
  #defects = new Map();
  #index = 0;
  /** How long a promise may take that isn't meant to wait. */
  #patienceMs = 30_000;
  counts = { calls: 0, values: 0, errors: 0, reentrant: 0 };

  constructor(target, log) {
    this.#target = target;
    this.#names = Object.keys(target.calls);
    this.#log = log;
  }

  /** Makes the calls. @throws Defect */
  async run({ seed, calls, patienceMs, onProgress }) {
    this.#patienceMs = patienceMs;
    this.#target.start?.(this);
    // A turn makes no call if there is nothing to make it on.
    const enough = () => this.counts.calls >= calls || this.#index >= calls * MOST_TURNS;
    for (this.#index = 0; !enough(); this.#index++) {
      // Of the seed and the number alone: a call is the same, whatever those before it took.
      this.random = new Random(mix(seed, this.#index));
      this.#setRate();
      const name = this.random.of(this.#names);
      const pause = this.random.int(0, 9);
      this.#make(name);
      this.#check();
      if (pause === 0) await sleep(this.#target.pauseMs ?? 0);
      else if (pause < 3) await null;
      await this.#settle(MAX_PENDING);
      if (this.#index % 50 === 0) onProgress?.(this.#index);
      this.#check();
    }
    await this.close();
  }

  /** Lets go of all, and waits until nothing is pending. */
  async close() {
    this.random = new Random(0);
    for (const [kind, objects] of this.#held) {
      for (const object of objects.splice(0)) this.#letGo(kind, object);
    }
    await this.#target.end?.();
    await this.#settle(0, true);
    await macrotask();
    this.#check(true);
  }

  /** Something went wrong outside of a call. */
  fail(text, error) {
    const shown = error === undefined ? '' : shownError(error);
    const place = /^ +at .*dist.*$/m.exec(shown)?.[0] ?? text.replace(/#\d+.*$/, '');
    if (this.#defects.size >= MAX_DEFECTS || this.#defects.has(place)) return;
    this.#defects.set(place, shown === '' ? text : `${text}:\n${shown}`);
  }

  // What targets make arguments with. Each may give something hostile instead.

  int(min, max) {
    return this.#or(NUMBERS, () => this.random.int(min, max));
  }

  number(min, max) {
    return this.#or(NUMBERS, () => min + this.random.next() * (max - min));
  }

  boolean() {
    return this.#or(OBJECTS, () => this.random.chance(0.5));
  }

  of(list) {
    return this.#or(TEXTS, () => this.random.of(list));
  }

  text(...good) {
    return this.#or(TEXTS, () => this.random.of(good.length > 0 ? good : ['a', 'text', 'ü€😀']));
  }

  /** Bytes that `make` makes, perhaps at an offset, in shared memory, or such. */
  bytes(make) {
    return this.#or(BYTES, make);
  }

  /** A function that does `work`, and perhaps calls the package again. */
  func(...works) {
    return this.#or(FUNCTIONS, () => {
      const again = this.random.chance(0.3) ? this.again() : undefined;
      const work = works.length > 0 ? this.random.of(works) : () => undefined;
      return label(
        (...args) => {
          again?.();
          return work(...args);
        },
        `<function${again ? ' that calls again' : ''}>`,
      );
    });
  }

  /** Mostly none. */
  signal() {
    return this.#or(SIGNALS, () => undefined, 0.1);
  }

  /** An array of what `make` makes. */
  list(make, min = 0, max = 3) {
    return this.#or(OBJECTS, () => Array.from({ length: this.random.int(min, max) }, () => make()));
  }

  /** An object that the package made. */
  object(kind) {
    return this.#or(OBJECTS, () => this.take(kind));
  }

  /** Whatever `make` makes. */
  either(make) {
    return this.#or(OBJECTS, make);
  }

  /** Options with these fields, each a function that makes its value; some are left out. */
  options(fields, { needed = [] } = {}) {
    const { random } = this;
    const made = {};
    for (const [key, make] of Object.entries(fields)) {
      if (!needed.includes(key) && random.chance(0.5)) continue;
      const value = make();
      if (value !== undefined || random.chance(0.1)) made[key] = value;
    }
    if (!random.chance(this.#rate)) return made;
    const keys = Object.keys(made);
    const key = keys.length > 0 ? random.of(keys) : 'extra';
    switch (random.int(0, 7)) {
      case 0:
        return hostile(this);
      case 1:
        return this.#withGetter(made, key, 'throws', () => {
          throw owned(new Error(`thrown by the getter of ${key}`));
        });
      case 2: {
        const again = this.again();
        const value = made[key];
        return this.#withGetter(made, key, 'calls again', () => (again(), value));
      }
      case 3: {
        // Good when it's looked at first, then not: what is used must be what was checked.
        const values = [made[key], hostile(this)];
        let reads = 0;
        return this.#withGetter(made, key, 'changes', () => values[Math.min(reads++, 1)]);
      }
      case 4:
        return label(new Proxy(made, {}), `<proxy of ${describe(made)}>`);
      case 5:
        return Object.assign(Object.create(null), made);
      case 6:
        return label(Object.create(made), `<heir of ${describe(made)}>`);
      default:
        return Object.freeze({ ...made, [random.of(TEXTS)]: hostile(this) });
    }
  }

  #withGetter(made, key, what, get) {
    const { value: _, ...rest } = Object.getOwnPropertyDescriptor(made, key) ?? {};
    delete rest.writable;
    label(get, `<getter that ${what}>`);
    return Object.defineProperty(made, key, { enumerable: true, configurable: true, get });
  }

  #or(kinds, make, more = 0) {
    if (!this.random.chance(this.#rate + more)) return make();
    return this.random.chance(0.6) ? hostileOf(this, kinds) : hostile(this);
  }

  // What is held.

  /** Holds an object, to be used by later calls. */
  keep(kind, object) {
    if (object === undefined || object === null) return;
    let objects = this.#held.get(kind);
    if (!objects) this.#held.set(kind, (objects = []));
    if (objects.includes(object)) return;
    objects.push(object);
    if (objects.length <= (this.#target.hold?.[kind] ?? MAX_HELD)) return;
    const [oldest] = objects.splice(0, 1);
    if (this.#target.forget?.includes(kind) && this.random.chance(0.3)) return;
    this.#letGo(kind, oldest);
  }

  /** One that is held, or a fresh one. */
  take(kind) {
    const objects = this.#held.get(kind) ?? [];
    if (objects.length > 0 && !this.random.chance(0.08)) return this.random.of(objects);
    const fresh = this.#target.fresh[kind]?.(this);
    if (fresh !== undefined) this.keep(kind, fresh);
    return fresh ?? (objects.length > 0 ? this.random.of(objects) : undefined);
  }

  /** One that is held, if any. */
  peek(kind) {
    const objects = this.#held.get(kind) ?? [];
    return objects.length > 0 ? this.random.of(objects) : new Uint8Array(8);
  }

  /** One of whatever is held. */
  anything() {
    const all = [...this.#held.values()].flat();
    return all.length > 0 ? this.random.of(all) : {};
  }

  #letGo(kind, object) {
    const close = this.#target.close?.[kind];
    if (!close) return;
    try {
      const result = close(object);
      if (types.isPromise(result)) this.#watch(`close of ${kind}`, result, { waits: false });
    } catch (error) {
      this.#judge(`close of ${kind}`, error);
    }
  }

  // Calls.

  /** A function that makes another call, now and then, from wherever it is called. */
  again() {
    const random = this.random.fork();
    let left = 3;
    return label(() => {
      if (left-- <= 0 || this.#depth > MAX_DEPTH) return;
      const before = { random: this.random, rate: this.#rate };
      this.random = random;
      this.#setRate();
      try {
        this.counts.reentrant += 1;
        this.#make(random.of(this.#names));
      } finally {
        this.random = before.random;
        this.#rate = before.rate;
      }
    }, '<function that calls again>');
  }

  /**
   * Makes one call of the package and judges it.
   *
   * @param name - As it stands in the log.
   * @param args - Already made; some may be dropped or added.
   * @param work - Gets the arguments.
   * @param gives - The kind that the result is held as, or a function that gets it.
   * @param waits - Whether its promise may wait until what it's called on is closed.
   */
  call(name, args, work, { gives, waits = false } = {}) {
    const given = this.#mangled(args);
    const indent = '  '.repeat(this.#depth);
    const path = `${indent}#${this.#index} ${name}(${given.map(describe).join(', ')})`;
    this.#log(path);
    this.counts.calls += 1;
    this.#depth += 1;
    try {
      const result = work(...given);
      if (types.isPromise(result)) this.#watch(path, result, { gives, waits });
      else this.#took(gives, result);
    } catch (error) {
      this.#judge(path, error);
    } finally {
      this.#depth -= 1;
    }
  }

  #make(name) {
    if (this.#depth > MAX_DEPTH) return;
    try {
      this.#target.calls[name](this);
    } catch (error) {
      // Of the targets, not of the package: what that throws has been judged.
      this.fail(`the fuzz target failed in '${name}'`, error);
    }
  }

  #mangled(args) {
    if (!this.random.chance(this.#rate * 0.3)) return args;
    const given = [...args];
    if (this.random.chance(0.5)) given.pop();
    else given.push(hostile(this), hostile(this));
    return given;
  }

  #setRate() {
    this.#rate = this.random.of([0, 0, 0.1, 0.2, 0.35, 0.5, 0.8]);
  }

  #took(gives, result) {
    this.counts.values += 1;
    if (typeof gives === 'function') gives(result);
    else if (gives !== undefined) this.keep(gives, result);
  }

  #watch(path, promise, { gives, waits }) {
    const entry = { path, since: performance.now(), waits, settled: undefined };
    entry.settled = promise
      .then(
        (result) => this.#took(gives, result),
        (error) => this.#judge(path, error),
      )
      .catch((error) => this.fail(`the fuzz target failed after '${path}'`, error))
      .finally(() => this.#pending.delete(entry));
    this.#pending.set(entry, entry.settled);
  }

  /** Waits until no more than `most` promises are pending. */
  async #settle(most, all = false) {
    for (;;) {
      const waiting = [...this.#pending.keys()].filter((entry) => all || !entry.waits);
      if (waiting.length <= most) return;
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(() => resolve('late'), this.#patienceMs);
      });
      const first = await Promise.race([late, ...waiting.map((entry) => entry.settled)]);
      clearTimeout(timer);
      if (first !== 'late') continue;
      const paths = waiting.map((entry) => entry.path.trim());
      this.fail(`${waiting.length} promises do not settle:\n  ${paths.slice(0, 10).join('\n  ')}`);
      return;
    }
  }

  #judge(path, error) {
    const fault = faultOf(error);
    if (fault === undefined) {
      this.counts.errors += 1;
      return;
    }
    this.fail(`${path.trim()}\nended with an error that it must not end with (${fault})`, error);
  }

  /** @throws Defect once there are enough defects, or at the end if there are any. */
  #check(last = false) {
    const { size } = this.#defects;
    if (size === 0 || (!last && size < MAX_DEFECTS)) return;
    throw new Defect([...this.#defects.values()].join('\n\n'));
  }
}
