import { configureLog } from 'framewire';
import { TypedEmitter } from '../../src/core/typed-emitter.js';

interface Events {
  readonly counted: readonly [count: number];
  readonly finished: readonly [];
}

class Counter extends TypedEmitter<Events> {
  count(count: number): void {
    this.emit('counted', count);
  }
  finish(): void {
    this.emit('finished');
  }
}

const lines: { readonly message: string; readonly error: unknown }[] = [];

beforeEach(() => {
  lines.length = 0;
  configureLog({
    level: 'error',
    sink: (_level, message, { error }) => lines.push({ message, error }),
  });
});

describe('TypedEmitter', () => {
  it('calls the listeners of an event in the order in which they came', () => {
    const counter = new Counter();
    const calls: string[] = [];
    counter.on('counted', (count) => calls.push(`first ${count}`));
    counter.on('counted', (count) => calls.push(`second ${count}`));
    counter.on('finished', () => calls.push('finished'));
    counter.count(7);
    counter.finish();
    expect(calls).toEqual(['first 7', 'second 7', 'finished']);
  });

  it('calls with the emitter as `this`', () => {
    const counter = new Counter();
    const listener = jest.fn();
    counter.on('finished', listener);
    counter.finish();
    expect(listener.mock.contexts).toEqual([counter]);
  });

  it('ends a listener by what `on` returned, or by `off`', () => {
    const counter = new Counter();
    const calls: number[] = [];
    const listener = (count: number): unknown => calls.push(count);
    const end = counter.on('counted', listener);
    counter.count(1);
    end();
    end();
    counter.count(2);
    counter.on('counted', listener);
    counter.count(3);
    counter.off('counted', listener);
    counter.off('counted', () => 'never added');
    counter.count(4);
    expect(calls).toEqual([1, 3]);
    expect(counter.listenerCount('counted')).toBe(0);
  });

  it('tells the registrations of one listener apart', () => {
    const counter = new Counter();
    const calls: number[] = [];
    const listener = (count: number): unknown => calls.push(count);
    const endFirst = counter.on('counted', listener);
    counter.on('counted', listener);
    counter.once('counted', listener);
    expect(counter.listenerCount('counted')).toBe(3);
    endFirst();
    endFirst();
    expect(counter.listenerCount('counted')).toBe(2);
    // The last one, which is for one event.
    counter.off('counted', listener);
    counter.count(1);
    counter.count(2);
    expect(calls).toEqual([1, 2]);
    counter.off('counted', listener);
    expect(counter.listenerCount('counted')).toBe(0);
  });

  it('calls a `once` listener for one event, unless it was taken back', () => {
    const counter = new Counter();
    const calls: string[] = [];
    const takenBack = (): unknown => calls.push('taken back');
    counter.once('counted', (count) => calls.push(`once ${count}`));
    counter.once('counted', takenBack);
    const end = counter.once('counted', () => calls.push('ended'));
    counter.off('counted', takenBack);
    end();
    counter.count(1);
    counter.count(2);
    expect(calls).toEqual(['once 1']);
    expect(counter.listenerCount('counted')).toBe(0);
  });

  it('gives what a listener throws to `error`, and goes on with the next listener', () => {
    const counter = new Counter();
    const failure = new Error('a bug of the listener');
    const errors: unknown[] = [];
    const calls: number[] = [];
    counter.on('error', (error) => errors.push(error));
    counter.on('counted', () => {
      throw failure;
    });
    counter.on('counted', (count) => calls.push(count));
    expect(() => counter.count(1)).not.toThrow();
    expect(errors).toEqual([failure]);
    expect(calls).toEqual([1]);
    expect(lines).toEqual([]);
  });

  it('gives what an asynchronous listener rejects with to `error`', async () => {
    const counter = new Counter();
    const failure = new Error('a late bug');
    const told = new Promise((resolve) => counter.on('error', resolve));
    counter.on('counted', () => Promise.reject(failure));
    counter.count(1);
    expect(await told).toBe(failure);
  });

  it('logs the failure of a listener when nobody listens to `error`', () => {
    const counter = new Counter();
    const failure = new Error('a bug');
    counter.on('finished', () => {
      throw failure;
    });
    counter.finish();
    expect(lines).toEqual([
      { message: 'a listener failed and nobody listens to the error event', error: failure },
    ]);
  });

  it('tells an error listener that throws of each error once, and logs what it throws', () => {
    const counter = new Counter();
    const calls: unknown[] = [];
    const own = new Error('thrown by the error listener');
    counter.on('error', (error) => {
      calls.push(error);
      throw own;
    });
    counter.on('error', (error) => calls.push(error));
    counter.on('counted', () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- Listeners throw anything.
      throw 'the first';
    });
    counter.count(1);
    expect(calls).toEqual(['the first', 'the first']);
    expect(lines).toEqual([{ message: 'a listener of the error event failed', error: own }]);
  });

  it('does not call an error listener that rejects over and over', async () => {
    const counter = new Counter();
    const calls: unknown[] = [];
    counter.on('error', (error) => {
      calls.push(error);
      return Promise.reject(new Error('rejected by the error listener'));
    });
    counter.on('finished', () => {
      throw new Error('the first');
    });
    counter.finish();
    await new Promise(setImmediate);
    expect(calls).toEqual([new Error('the first')]);
    expect(lines.map(({ message }) => message)).toEqual(['a listener of the error event failed']);
  });

  it('knows a function that listens to `error` and to another event apart', () => {
    const counter = new Counter();
    const calls: unknown[] = [];
    const listener = (value?: unknown): void => {
      calls.push(value);
      if (value === undefined) throw new Error('finished');
    };
    counter.on('finished', listener);
    counter.on('error', listener);
    counter.finish();
    expect(calls).toEqual([undefined, new Error('finished')]);
    counter.off('finished', listener);
    expect(counter.listenerCount('finished')).toBe(0);
    expect(counter.listenerCount('error')).toBe(1);
  });

  it.each([undefined, null, 'listener', {}, 1])('refuses %p as a listener', (listener) => {
    const counter = new Counter();
    for (const method of ['on', 'once', 'off'] as const) {
      expect(() => counter[method]('counted', listener as never)).toThrow(
        /^listener must be a function, got /,
      );
    }
    expect(counter.listenerCount('counted')).toBe(0);
  });
});
