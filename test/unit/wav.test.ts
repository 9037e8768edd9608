import { randomBytes } from 'node:crypto';

import fc from 'fast-check';

import { int16FromFloat } from '../../src/audio/int16-from-float.js';
import { isDetached } from '../../src/core/plain-view.js';
import { decodeWav, encodeWav } from '../../src/audio/wav.js';

interface FormatFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly blockBytes?: number;
  readonly bits?: number;
}

function chunk(id: string, body: Uint8Array, size = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

function format(fields: FormatFields = {}): Buffer {
  const { tag = 1, channels = 1, sampleRate = 48_000, bits = 16 } = fields;
  const body = Buffer.alloc(16);
  const { blockBytes = (channels * bits) / 8 } = fields;
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(sampleRate, 4);
  body.writeUInt32LE((sampleRate * blockBytes) % 2 ** 32, 8);
  body.writeUInt16LE(blockBytes, 12);
  body.writeUInt16LE(bits, 14);
  return chunk('fmt ', body);
}

function extensible(tag: number, fields: FormatFields = {}): Buffer {
  const extension = Buffer.alloc(24);
  extension.writeUInt16LE(22, 0);
  extension.writeUInt16LE(fields.bits ?? 16, 2);
  extension.writeUInt32LE(3, 4);
  extension.writeUInt16LE(tag, 8);
  Buffer.from('000000001000800000aa00389b71', 'hex').copy(extension, 10);
  return chunk('fmt ', Buffer.concat([format({ ...fields, tag: 0xfffe }).subarray(8), extension]));
}

function riff(...chunks: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  return chunk('RIFF', body);
}

function int16Bytes(...samples: readonly number[]): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (const [i, sample] of samples.entries()) bytes.writeInt16LE(sample, i * 2);
  return bytes;
}

const samplesOf = (bytes: Uint8Array): number[] => [...decodeWav(bytes).data];

describe('encodeWav', () => {
  it('writes a canonical header and little-endian samples', () => {
    const data = Int16Array.of(1, -2, 0x1234, -32_768);
    const file = Buffer.from(encodeWav({ data, sampleRate: 44_100, channels: 2 }));
    expect(file.toString('hex')).toBe(
      '52494646' +
        '2c000000' +
        '57415645' + // RIFF, 44, WAVE
        '666d7420' +
        '10000000' +
        '0100' +
        '0200' +
        '44ac0000' +
        '10b10200' +
        '0400' +
        '1000' +
        '64617461' +
        '08000000' +
        '0100' +
        'feff' +
        '3412' +
        '0080',
    );
  });

  it('is undone by decodeWav', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 384_000 }),
        fc.int16Array({ minLength: 1, maxLength: 50 }),
        (channels, sampleRate, frames) => {
          const data = new Int16Array(frames.length * channels).map(
            (_, i) => frames[i % frames.length]!,
          );
          expect(decodeWav(encodeWav({ data, sampleRate, channels }))).toEqual({
            data,
            sampleRate,
            channels,
          });
        },
      ),
    );
  });
});

describe('int16FromFloat', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [1, 32_767],
    [-1, -32_767],
    [2, 32_767],
    [-1e30, -32_767],
    [Infinity, 32_767],
    [-Infinity, -32_767],
    [NaN, 0],
    [0.5, 16_384],
    [-0.5, -16_384],
    [0.4 / 32_767, 0],
    [-0.4 / 32_767, 0],
    [5e-324, 0],
  ])('makes %d to %d', (float, int) => {
    expect(int16FromFloat(float)).toBe(int);
  });
});

describe('decodeWav', () => {
  it.each([
    ['PCM of 8 bits', { bits: 8 }, '0080ff01', [-32_768, 0, 32_512, -32_512]],
    ['PCM of 16 bits', { bits: 16 }, '0100feff0080', [1, -2, -32_768]],
    [
      'PCM of 24 bits',
      { bits: 24 },
      '000100' + '00feff' + '000080' + 'ffff7f',
      [1, -2, -32_768, 32_767],
    ],
    [
      'PCM of 24 bits, rounded',
      { bits: 24 },
      '800100' + '7f0100' + '80ffff' + '7fffff',
      [2, 1, 0, -1],
    ],
    [
      'PCM of 32 bits',
      { bits: 32 },
      '00000100' + '0000feff' + '00000080' + 'ffffff7f',
      [1, -2, -32_768, 32_767],
    ],
    ['PCM of 32 bits, rounded', { bits: 32 }, '00800100' + 'ff7f0100' + 'ff7fffff', [2, 1, -1]],
    [
      'float of 32 bits',
      { bits: 32, tag: 3 },
      '0000803f' + '000000bf' + '0000c07f' + '000080ff',
      [32_767, -16_384, 0, -32_767],
    ],
    [
      'float of 64 bits',
      { bits: 64, tag: 3 },
      '000000000000f03f' + '000000000000e0bf',
      [32_767, -16_384],
    ],
  ])('reads %s', (_, fields, hex, expected) => {
    const data = chunk('data', Buffer.from(hex, 'hex'));
    expect(samplesOf(riff(format(fields), data))).toEqual(expected);
    const { tag = 1 } = fields as FormatFields;
    expect(samplesOf(riff(extensible(tag, fields), data))).toEqual(expected);
  });

  it('says the rate and the channels of the file', () => {
    const file = riff(
      format({ channels: 3, sampleRate: 11_025 }),
      chunk('data', int16Bytes(1, 2, 3)),
    );
    expect(decodeWav(file)).toEqual({
      data: Int16Array.of(1, 2, 3),
      channels: 3,
      sampleRate: 11_025,
    });
  });

  it('reads from memory at any offset, shared memory too', () => {
    const file = riff(format(), chunk('data', int16Bytes(5, -6)));
    for (let offset = 0; offset < 9; offset++) {
      for (const memory of [new ArrayBuffer(100), new SharedArrayBuffer(100)]) {
        const bytes = new Uint8Array(memory, offset, file.length);
        bytes.set(file);
        expect(samplesOf(bytes)).toEqual([5, -6]);
      }
    }
  });

  it('passes over other chunks, of odd sizes too, in any order', () => {
    const other = chunk('LIST', Buffer.from('odd'));
    const data = chunk('data', int16Bytes(5, -6));
    expect(samplesOf(riff(other, format(), other, data, other))).toEqual([5, -6]);
    expect(samplesOf(riff(data, other, format()))).toEqual([5, -6]);
    expect(samplesOf(riff(other, data, format(), other))).toEqual([5, -6]);
  });

  it('reads data of an odd size before the format', () => {
    const data = chunk('data', Uint8Array.of(128, 129, 130));
    expect(samplesOf(riff(data, format({ bits: 8 })))).toEqual([0, 256, 512]);
  });

  it('takes the first of chunks that come twice', () => {
    const one = chunk('data', int16Bytes(1));
    const two = chunk('data', int16Bytes(2));
    expect(samplesOf(riff(format(), one, two))).toEqual([1]);
    expect(samplesOf(riff(format(), format({ bits: 8 }), one))).toEqual([1]);
  });

  it.each([0, 0xffffffff, 0x7fffffff, 1000])(
    'reads to the end of the file when the data chunk says it has %d bytes',
    (size) => {
      expect(samplesOf(riff(format(), chunk('data', int16Bytes(1, 2, 3), size)))).toEqual([
        1, 2, 3,
      ]);
    },
  );

  it('doesn’t look at the size of the whole', () => {
    const file = riff(format(), chunk('data', int16Bytes(1, 2)));
    for (const size of [0, 1, 0xffffffff]) {
      file.writeUInt32LE(size, 4);
      expect(samplesOf(file)).toEqual([1, 2]);
    }
  });

  it('gives the whole samples of a file that was cut off', () => {
    const file = riff(format({ channels: 2 }), chunk('data', int16Bytes(1, 2, 3, 4)));
    for (let missing = 0; missing < 4; missing++) {
      const cut = file.subarray(0, file.length - missing);
      expect(samplesOf(cut)).toEqual(missing === 0 ? [1, 2, 3, 4] : [1, 2]);
    }
    for (let length = 0; length < 48; length++) {
      expect(() => decodeWav(file.subarray(0, length))).toThrow(RangeError);
    }
  });

  const data = chunk('data', int16Bytes(1, 2));
  it.each([
    ['nothing', Buffer.alloc(0), "it must start with 'RIFF', a size and 'WAVE'"],
    ['another file', Buffer.from('ID3 this is an MP3'), "it must start with 'RIFF'"],
    ['another RIFF file', Buffer.from('RIFF____AVI LIST'), "it must start with 'RIFF'"],
    ['a big-endian file', Buffer.from('RIFX____WAVEfmt '), "it must start with 'RIFF'"],
    ['no chunks', riff(), 'it has no fmt chunk'],
    ['no format', riff(data), 'it has no fmt chunk'],
    ['no data', riff(format()), 'it has no data chunk'],
    [
      'data without a size, before the format',
      riff(chunk('data', int16Bytes(1, 2, 3, 4), 0), format()),
      'no fmt chunk',
    ],
    [
      'empty data',
      riff(format(), chunk('data', Buffer.alloc(0))),
      'its data chunk holds no samples',
    ],
    ['half a sample', riff(format(), chunk('data', Buffer.alloc(1))), 'holds no samples'],
    ['a short format', riff(chunk('fmt ', Buffer.alloc(15)), data), 'at least 16 bytes, got 15'],
    ['an empty format', riff(chunk('fmt ', Buffer.alloc(0)), data), 'at least 16 bytes, got 0'],
    ['no channels', riff(format({ channels: 0 }), data), 'at least 1 channel, got 0'],
    ['ADPCM', riff(format({ tag: 2, bits: 4, blockBytes: 256 }), data), 'got format 2 of 4 bits'],
    ['A-law', riff(format({ tag: 6, bits: 8 }), data), 'got format 6 of 8 bits'],
    ['PCM of 12 bits', riff(format({ bits: 12, blockBytes: 2 }), data), 'got PCM of 12 bits'],
    ['PCM of 64 bits', riff(format({ bits: 64 }), data), 'got PCM of 64 bits'],
    ['PCM of 0 bits', riff(format({ bits: 0 }), data), 'got PCM of 0 bits'],
    ['float of 16 bits', riff(format({ tag: 3, bits: 16 }), data), 'got float of 16 bits'],
    [
      'a wrong block',
      riff(format({ blockBytes: 3 }), data),
      'its block must have 2 bytes (1 channels of 16 bits), got 3',
    ],
    ['a block of 0', riff(format({ blockBytes: 0 }), data), 'got 0'],
    [
      'a short extensible format',
      riff(format({ tag: 0xfffe }), data),
      'must have 40 bytes, got 16',
    ],
    [
      'an extensible format of A-law',
      riff(extensible(6, { bits: 8 }), data),
      'got format 6 of 8 bits',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeWav(bytes)).toThrow(RangeError);
    expect(() => decodeWav(bytes)).toThrow(message);
    expect(() => decodeWav(bytes)).toThrow(/^bytes must be a WAV file: .*[^.]\.$/);
  });

  it('refuses an extensible format of someone’s own', () => {
    const file = riff(extensible(1), data);
    file[file.indexOf('389b71', 'hex')] = 0;
    expect(() => decodeWav(file)).toThrow('bytes must be a WAV file: its sub-format is not known.');
  });

  it.each([
    undefined,
    null,
    'RIFF',
    12,
    [82],
    {},
    new ArrayBuffer(8),
    new Int16Array(8),
    new DataView(new ArrayBuffer(8)),
  ])('refuses %p by its type', (bytes) => {
    expect(() => decodeWav(bytes as never)).toThrow(TypeError);
    expect(() => decodeWav(bytes as never)).toThrow(/^bytes must be a Uint8Array, got .*\.$/);
  });

  it('refuses detached memory', () => {
    const bytes = new Uint8Array(riff(format(), data));
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(() => decodeWav(bytes)).toThrow(TypeError);
    expect(() => decodeWav(bytes)).toThrow('bytes must not be detached, got detached memory.');
  });

  describe('with a file that somebody mutated', () => {
    /** What is wrong with the way in which a file is read or refused, if anything. */
    function faultOf(bytes: Uint8Array): string | undefined {
      const before = Buffer.from(bytes);
      try {
        const { data, channels } = decodeWav(bytes);
        // The memory taken is bounded by the file, not by a size that it claims.
        if (data.length === 0 || data.length > bytes.length) return `${data.length} samples`;
        if (data.length % channels !== 0) return `${data.length} samples of ${channels} channels`;
      } catch (error) {
        if (!(error instanceof RangeError)) return String(error);
        if (!error.message.startsWith('bytes must be a WAV file: ')) return error.message;
      }
      return before.equals(bytes) ? undefined : 'the file was changed';
    }

    const files = [
      riff(format(), data),
      riff(extensible(3, { bits: 32, channels: 2 }), chunk('data', randomBytes(64))),
      riff(chunk('LIST', Buffer.from('odd')), chunk('data', randomBytes(33)), format({ bits: 24 })),
    ];

    it('returns or throws a RangeError for random bytes', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          expect(faultOf(bytes)).toBeUndefined();
          expect(faultOf(Buffer.concat([Buffer.from('RIFF....WAVE'), bytes]))).toBeUndefined();
          expect(faultOf(riff(chunk('fmt ', bytes), data))).toBeUndefined();
        }),
        { numRuns: 1000 },
      );
    });

    it('returns or throws a RangeError for every byte changed to every edge', () => {
      for (const file of files) {
        for (let i = 0; i < file.length; i++) {
          for (const value of [0, 1, 0x7f, 0x80, 0xfe, 0xff]) {
            const mutated = Buffer.from(file);
            mutated[i] = value;
            expect(faultOf(mutated)).toBeUndefined();
          }
        }
      }
    });

    it('returns or throws a RangeError for several words changed and the end cut off', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...files),
          fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 0xffffffff })), { maxLength: 4 }),
          fc.nat(100),
          (file, changes, cut) => {
            const mutated = Buffer.from(file);
            for (const [at, value] of changes) {
              mutated.writeUInt32LE(value, Math.min(at, file.length - 4));
            }
            expect(faultOf(mutated.subarray(0, Math.max(0, mutated.length - cut)))).toBeUndefined();
          },
        ),
        { numRuns: 2000 },
      );
    });
  });
});

describe('isDetached', () => {
  it('tells detached memory from memory that is empty', () => {
    const view = new Int16Array(4);
    expect(isDetached(view)).toBe(false);
    expect(isDetached(new Int16Array(0))).toBe(false);
    structuredClone(view.buffer, { transfer: [view.buffer] });
    expect(isDetached(view)).toBe(true);
  });
});
