// RIFF/WAVE files: 16-bit PCM out; the sample formats that recorders and libraries write in.

import { plainBytes } from '../core/own-bytes.js';
import { int16FromFloat } from './int16-from-float.js';

/** What a WAV file holds: 16-bit samples, interleaved, in memory of their own. */
export interface WavAudio {
  readonly data: Int16Array;
  /** As the file says it, from 0 to 4,294,967,295: not checked for sense. */
  readonly sampleRate: number;
  /** As the file says it, from 1 to 65,535. */
  readonly channels: number;
}

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;
const HEADER_BYTES = 44;
// What a writer that can't seek back leaves in the size of the data chunk.
const UNKNOWN_SIZES: readonly number[] = [0, 0xffffffff];
// The bytes of a sub-format GUID after the two that are the format itself.
const SUBFORMAT_TAIL = '000000001000800000aa00389b71';

/** Reads the sample at a byte offset as a 16-bit integer. */
type SampleReader = (view: DataView, offset: number) => number;

interface Format {
  readonly sampleRate: number;
  readonly channels: number;
  readonly sampleBytes: number;
  readonly read: SampleReader;
}

const READERS: Readonly<Record<string, SampleReader>> = {
  'PCM 8': (view, offset) => (view.getUint8(offset) - 128) << 8,
  'PCM 16': (view, offset) => view.getInt16(offset, true),
  // Rounded, so that narrowing adds no offset; the largest values have nowhere to round up to.
  'PCM 24': (view, offset) =>
    Math.min(0x7fff, ((view.getInt16(offset + 1, true) << 8) + view.getUint8(offset) + 128) >> 8),
  'PCM 32': (view, offset) => Math.min(0x7fff, Math.round(view.getInt32(offset, true) / 65_536)),
  'float 32': (view, offset) => int16FromFloat(view.getFloat32(offset, true)),
  'float 64': (view, offset) => int16FromFloat(view.getFloat64(offset, true)),
};

/** A WAV file of 16-bit PCM. At most 2^31 - 22 samples, which the caller has checked. */
export function encodeWav(audio: WavAudio): Uint8Array<ArrayBuffer> {
  const { data, sampleRate, channels } = audio;
  const dataBytes = data.length * 2;
  const file = new Uint8Array(HEADER_BYTES + dataBytes);
  const view = new DataView(file.buffer);
  writeAscii(file, 0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  writeAscii(file, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  writeAscii(file, 36, 'data');
  view.setUint32(40, dataBytes, true);
  let offset = HEADER_BYTES;
  for (const sample of data) {
    view.setInt16(offset, sample, true);
    offset += 2;
  }
  return file;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 and 32 bits and float of 32 and 64, plain or extensible.
 *
 * Chunks may come in any order. A `data` chunk that is longer than the file is cut to what is
 * there, as is one that a streaming writer left without a size; an incomplete last sample is left
 * out. The memory taken depends on the length of `bytes`, never on a size that the file claims.
 *
 * @throws TypeError if `bytes` is not a `Uint8Array` or is detached.
 * @throws RangeError if it isn't a WAV file, its format is not one of those, or it has no samples.
 */
export function decodeWav(bytes: Uint8Array): WavAudio {
  const { format, data } = findChunks(plainBytes(bytes, 'bytes'));
  const { sampleRate, channels, sampleBytes, read } = format;
  const samplesPerChannel = Math.floor(data.byteLength / (sampleBytes * channels));
  if (samplesPerChannel === 0) throw invalid('its data chunk holds no samples');
  const samples = new Int16Array(samplesPerChannel * channels);
  for (let i = 0; i < samples.length; i++) samples[i] = read(data, i * sampleBytes);
  return { data: samples, sampleRate, channels };
}

function findChunks(bytes: Uint8Array): { readonly format: Format; readonly data: DataView } {
  const { byteLength } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, byteLength);
  if (byteLength < 12 || ascii(view, 0) !== 'RIFF' || ascii(view, 8) !== 'WAVE') {
    throw invalid("it must start with 'RIFF', a size and 'WAVE'");
  }
  let format: Format | undefined;
  let data: DataView | undefined;
  // The RIFF size is not looked at: streaming writers leave it wrong too.
  for (let offset = 12; offset + 8 <= byteLength && !(format && data);) {
    const id = ascii(view, offset);
    const start = offset + 8;
    const left = byteLength - start;
    let size = view.getUint32(offset + 4, true);
    // Without a format yet, a data chunk of size 0 is an empty one: the format must still come.
    if (id === 'data' && format && UNKNOWN_SIZES.includes(size)) size = left;
    const chunk = new DataView(view.buffer, view.byteOffset + start, Math.min(size, left));
    if (id === 'fmt ') format ??= parseFormat(chunk);
    if (id === 'data' && (format || size > 0)) data ??= chunk;
    // Chunks are padded to even sizes.
    offset = start + size + (size % 2);
  }
  if (!format) throw invalid('it has no fmt chunk');
  if (!data) throw invalid('it has no data chunk');
  return { format, data };
}

function parseFormat(chunk: DataView): Format {
  if (chunk.byteLength < 16) {
    throw invalid(`its fmt chunk must have at least 16 bytes, got ${chunk.byteLength}`);
  }
  const channels = chunk.getUint16(2, true);
  const blockBytes = chunk.getUint16(12, true);
  const bits = chunk.getUint16(14, true);
  let tag = chunk.getUint16(0, true);
  if (tag === FORMAT_EXTENSIBLE) {
    if (chunk.byteLength < 40) {
      throw invalid(`its extensible fmt chunk must have 40 bytes, got ${chunk.byteLength}`);
    }
    // The number of valid bits may be smaller, but they are the upper ones: nothing to be done.
    tag = chunk.getUint16(24, true);
    if (hex(chunk, 26, 40) !== SUBFORMAT_TAIL) throw invalid('its sub-format is not known');
  }
  const kind = tag === FORMAT_PCM ? 'PCM' : tag === FORMAT_FLOAT ? 'float' : `format ${tag}`;
  const read = READERS[`${kind} ${bits}`];
  if (!read) {
    throw invalid(
      `its samples must be PCM of 8, 16, 24 or 32 bits or float of 32 or 64 bits, ` +
        `got ${kind} of ${bits} bits`,
    );
  }
  if (channels === 0) throw invalid('it must have at least 1 channel, got 0');
  const sampleBytes = bits / 8;
  if (blockBytes !== channels * sampleBytes) {
    throw invalid(
      `its block must have ${channels * sampleBytes} bytes (${channels} channels of ${bits} bits), ` +
        `got ${blockBytes}`,
    );
  }
  return { sampleRate: chunk.getUint32(4, true), channels, sampleBytes, read };
}

function invalid(reason: string): RangeError {
  return new RangeError(`bytes must be a WAV file: ${reason}.`);
}

function ascii(view: DataView, offset: number): string {
  return String.fromCharCode(
    view.getUint8(offset),
    view.getUint8(offset + 1),
    view.getUint8(offset + 2),
    view.getUint8(offset + 3),
  );
}

function hex(view: DataView, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += view.getUint8(i).toString(16).padStart(2, '0');
  return text;
}

function writeAscii(file: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) file[offset + i] = text.charCodeAt(i);
}
