import { AudioFrame, VideoFrame } from 'framewire';
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

describe('an AudioFrame whose memory is not what it seems', () => {
  it('says that it is gone though the engine, in optimized code, goes on with the old length', () => {
    // Node 20 does once it has seen both kinds of memory there.
    // The compiler's library doesn't know of memory that can be resized.
    const Resizable = ArrayBuffer as unknown as new (size: number, options?: object) => ArrayBuffer;
    const kinds = [() => new Resizable(64), () => new Resizable(64, { maxByteLength: 128 })];
    let survivors = 0;
    for (let i = 0; i < 20_000; i++) {
      const buffer = kinds[i % 2]!();
      const frame = new AudioFrame(new Int16Array(buffer), { sampleRate: 48_000, channels: 1 });
      frame.data.at(0);
      if (i % 5 !== 0) continue;
      structuredClone(buffer, { transfer: [buffer] });
      try {
        frame.data.at(0);
        survivors += 1;
      } catch {
        // As it should.
      }
    }
    expect(survivors).toBe(0);
  });

  it('takes no notice of what a subclass says of its memory', () => {
    class Liar extends Int16Array {
      override get length(): number {
        return 1e9;
      }
      override get byteOffset(): number {
        return -8;
      }
    }
    const frame = new AudioFrame(new Liar(480).fill(7), { sampleRate: 48_000, channels: 1 });
    expect(frame.samplesPerChannel).toBe(480);
    expect(frame.data).toEqual(new Int16Array(480).fill(7));
    const bytes = Object.defineProperty(new Uint8Array(64), 'byteLength', { value: 1e9 });
    expect(() => AudioFrame.fromWav(bytes)).toThrow(RangeError);
  });
});

describe('options whose getters change their answer', () => {
  it('crop by what was checked', () => {
    using frame = VideoFrame.create({ width: 8, height: 8, format: 'RGBA' });
    const widths = [4, NaN];
    const area = {
      x: 0,
      y: 0,
      get width() {
        return widths.shift() ?? -1;
      },
      height: 4,
    };
    using part = frame.crop(area);
    expect([part.width, part.height]).toEqual([4, 4]);
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
