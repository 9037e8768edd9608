import { FramewireError } from '../core/errors.js';

/** What an image says of itself before it's decoded. */
export interface ImageHeader {
  /** What the image is, in the words of its MIME type. */
  readonly type: 'png' | 'jpeg' | 'webp' | 'gif' | 'bmp';
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
}

/**
 * What an image is, by its first bytes, so that nothing is decoded that is not an image or too large. The
 * images that say where they end must do so.
 *
 * @throws FramewireError `unsupported` if it's none of the kinds known, `incomplete` if it's broken or cut off.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = READERS.find(({ magic }) => startsWith(bytes, magic));
  if (!reader) {
    throw new FramewireError('unsupported', 'These bytes are no PNG, JPEG, WebP, GIF or BMP.');
  }
  const { type } = reader;
  try {
    const { width, height } = reader.read(view);
    if (width > 0 && height > 0) return { type, width, height };
  } catch (cause) {
    // Only a DataView that is asked for what lies beyond its end.
    throw broken(type, cause);
  }
  throw broken(type);
}

/** An image that can't be decoded. */
export function broken(type: ImageHeader['type'], cause?: unknown): FramewireError {
  return new FramewireError('incomplete', `The ${type} image is broken or cut off.`, { cause });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What becomes an error of ours: the image doesn't go on as it began. */
const NOTHING: Size = { width: 0, height: 0 };

const READERS: readonly {
  readonly type: ImageHeader['type'];
  readonly magic: readonly (string | number)[];
  readonly read: (view: DataView) => Size;
}[] = [
  { type: 'png', magic: [0x89, 'PNG\r\n', 0x1a, '\n'], read: readPng },
  { type: 'jpeg', magic: [0xff, 0xd8, 0xff], read: readJpeg },
  { type: 'webp', magic: ['RIFF'], read: readWebp },
  { type: 'gif', magic: ['GIF8'], read: readGif },
  { type: 'bmp', magic: ['BM'], read: readBmp },
];

function startsWith(bytes: Uint8Array, magic: readonly (string | number)[]): boolean {
  const wanted = Buffer.concat(
    magic.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))),
  );
  return wanted.equals(bytes.subarray(0, wanted.length));
}

function textAt(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(offset + i)));
}

/** Chunks of a length, a name and a checksum, from IHDR to IEND. */
function readPng(view: DataView): Size {
  if (textAt(view, 12) !== 'IHDR') return NOTHING;
  for (let at = 8; textAt(view, at + 4) !== 'IEND'; at += 12 + view.getUint32(at));
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Segments of a marker and a length; a start of frame has the size. */
function readJpeg(view: DataView): Size {
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    // Any number of bytes may fill up to a marker.
    while (view.getUint8(at + 1) === 0xff) at += 1;
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || marker === 0xda) return NOTHING;
    // C4, C8 and CC are tables among the frames.
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue;
    return endsAfter(view, at)
      ? { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
      : NOTHING;
  }
}

function endsAfter(view: DataView, at: number): boolean {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return bytes.lastIndexOf(Buffer.of(0xff, 0xd9)) > at;
}

/** One chunk of a lossy or lossless picture, or a header of both. */
function readWebp(view: DataView): Size {
  if (textAt(view, 8) !== 'WEBP' || view.getUint32(4, true) + 8 > view.byteLength) return NOTHING;
  switch (textAt(view, 12)) {
    case 'VP8 ':
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      const side = (at: number): number => (view.getUint32(at, true) & 0xffffff) + 1;
      return { width: side(24), height: side(27) };
    }
    default:
      return NOTHING;
  }
}

function readGif(view: DataView): Size {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Negative heights are of pictures that begin at the top. */
function readBmp(view: DataView): Size {
  if (view.getUint32(14, true) < 40) {
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}
