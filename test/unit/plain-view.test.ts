import { checkSignal } from '../../src/core/check.js';
import { plainBytes } from '../../src/core/own-bytes.js';
import { isDetached, plainView } from '../../src/core/plain-view.js';

class Liar extends Uint8Array {
  override get length(): number {
    return 1e9;
  }
  override get byteLength(): number {
    return 1e9;
  }
  override subarray(): never {
    throw new Error('never called');
  }
}

describe('a view from outside', () => {
  it('stays itself if it is a plain one', () => {
    const view = new Uint8Array(8);
    expect(plainView(view)).toBe(view);
    const samples = new Int16Array(8);
    expect(plainView(samples)).toBe(samples);
  });

  it.each([
    ['of a subclass', () => new Liar(new ArrayBuffer(16), 4, 8)],
    [
      'with sizes of its own',
      () =>
        Object.defineProperty(new Uint8Array(new ArrayBuffer(16), 4, 8), 'length', { value: 9 }),
    ],
    ['of Node', () => Buffer.from(new ArrayBuffer(16), 4, 8)],
  ])('%s becomes a plain one of the same memory', (_, make) => {
    const view = make();
    const plain = plainView(view);
    expect(Object.getPrototypeOf(plain)).toBe(Uint8Array.prototype);
    expect(plain.buffer).toBeInstanceOf(ArrayBuffer);
    expect([plain.byteOffset, plain.byteLength]).toEqual([4, 8]);
  });

  it('is known to be detached, whatever it says', () => {
    const views = [new Uint8Array(8), new Liar(8)];
    for (const view of views) {
      expect(isDetached(view)).toBe(false);
      const { buffer } = plainView(view);
      structuredClone(buffer, { transfer: [buffer] });
      expect(isDetached(view)).toBe(true);
      expect(() => plainBytes(view, 'bytes')).toThrow(
        'bytes must not be detached, got detached memory.',
      );
    }
  });

  it('is refused if it has no memory at all', () => {
    expect(() => plainBytes(Object.create(Uint8Array.prototype), 'bytes')).toThrow(
      /^bytes must be a Uint8Array, got /,
    );
  });
});

describe('a signal', () => {
  it.each([
    ['what only inherits from one', () => Object.create(AbortSignal.prototype) as unknown],
    ['what looks like one', () => ({ aborted: false, addEventListener: () => undefined })],
  ])('is not %s', (_, make) => {
    expect(() => checkSignal(make(), 'options.signal')).toThrow(
      /^options.signal must be an AbortSignal, got /,
    );
  });

  it('is one, aborted or not', () => {
    expect(() => checkSignal(new AbortController().signal, 'x')).not.toThrow();
    expect(() => checkSignal(AbortSignal.abort(), 'x')).not.toThrow();
  });
});
