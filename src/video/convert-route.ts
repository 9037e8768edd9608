import { type PixelFormat, PIXEL_FORMATS, planesOf } from './pixel-format.js';
import { hasAlpha } from './pixels-alpha.js';
import { isPackedFormat } from './pixels-rgb.js';

/**
 * How one step of a conversion is done: `native` by LiveKit's own code, `own` by ours, `copy` by moving
 * rows, `none` where the pixels are already what is wanted.
 */
export type ConversionWay = 'native' | 'own' | 'copy' | 'none';

/** One step of a conversion. */
export interface ConversionStep {
  readonly from: PixelFormat;
  readonly to: PixelFormat;
  readonly way: ConversionWay;
  /** Whether the picture is turned upside down in this step, if it's to be at all. */
  readonly flips: boolean;
}

/** How a picture gets from one format to another. */
export interface ConversionRoute {
  /** One or more, each from where the one before has got to. */
  readonly steps: readonly ConversionStep[];
  /** Whether alpha got lost on the way, and is moved by itself afterwards. */
  readonly alphaApart: boolean;
}

/** The size that decides what native code gets right. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * What LiveKit's own conversion gets right at every size, measured against BT.601's arithmetic. Of the
 * other pairs it refuses most, shifts the chroma of some, and ends the process at a few (anything from
 * ABGR, NV12 to NV12): those are ours.
 */
const NATIVE: { readonly [From in PixelFormat]?: readonly PixelFormat[] } = {
  RGBA: ['BGRA', 'I420'],
  BGRA: ['RGBA', 'I420'],
  ARGB: ['I420'],
  RGB24: ['I420'],
  I420: ['RGBA', 'BGRA', 'ARGB', 'ABGR', 'RGB24'],
  I422: ['RGBA', 'ARGB', 'ABGR'],
  I444: ['RGBA', 'BGRA'],
  NV12: ['RGBA', 'BGRA', 'I420'],
};

/**
 * How a frame gets from one format to another: natively where that is right and safe, else with the native
 * steps that save most. Native code is ten times faster at colours than ours, so that even with a detour
 * it's ahead.
 */
export function conversionRoute(from: PixelFormat, to: PixelFormat, size: Size): ConversionRoute {
  const formats = stationsOf(from, to, size);
  const hops = formats.slice(1).map((next, i) => ({ from: formats[i] ?? from, to: next }));
  // A flip is exact in a step before or after which each row of pixels has its own chroma. Where there is
  // none, the planes themselves are flipped.
  const exact = hops.findIndex((hop) => !halvesRows(hop.from) || !halvesRows(hop.to));
  const flipAt = exact < 0 ? hops.length - 1 : exact;
  const steps = hops.map((hop, i): ConversionStep => {
    const way = wayOf(hop.from, hop.to, size);
    // The last step's pixels are the result's own.
    const last = i === hops.length - 1;
    return { ...hop, way: last && way === 'none' ? 'copy' : way, flips: i === flipAt };
  });
  const keepsAlpha = formats.every(hasAlpha);
  return { steps, alphaApart: hasAlpha(from) && hasAlpha(to) && !keepsAlpha };
}

/** All formats that the picture has on the way, from the first to the last. */
function stationsOf(from: PixelFormat, to: PixelFormat, size: Size): PixelFormat[] {
  const via = stopover(from, to, size);
  if (via === undefined || via === to) return [from, to];
  return [...stationsOf(from, via, size), ...stationsOf(via, to, size).slice(1)];
}

/** Where to change, on the way from one format to another; undefined on a direct way. */
function stopover(from: PixelFormat, to: PixelFormat, size: Size): PixelFormat | undefined {
  if (from === to || wayOf(from, to, size) !== 'own') return undefined;
  const toPacked = isPackedFormat(to);
  switch (from) {
    case 'I420':
      return undefined;
    // I420 is the first part of I420A; I010 has the planes of I420.
    case 'I420A':
    case 'I010':
    case 'NV12':
      return 'I420';
    case 'I422':
    case 'I444':
      if (toPacked) return 'RGBA';
      if (to === 'I422' || to === 'I444' || to === 'I420') return undefined;
      return to === 'I010' || wayOf(from, 'I420', size) === 'native' ? 'I420' : undefined;
    case 'ABGR':
      return to === 'I420' || halvesRows(to) ? 'RGBA' : undefined;
    default:
      return halvesRows(to) ? 'I420' : undefined;
  }
}

function wayOf(from: PixelFormat, to: PixelFormat, { width, height }: Size): ConversionWay {
  if (from === to) return 'copy';
  if (from === 'I420A' && to === 'I420') return 'none';
  if (NATIVE[from]?.includes(to)) return 'native';
  // At other sizes it takes chroma from between the samples (measured).
  if (to === 'I420' && height % 2 === 0) {
    if (from === 'I422' && width > 2) return 'native';
    if (from === 'I444' && width % 2 === 0) return 'native';
  }
  return 'own';
}

function halvesRows(format: PixelFormat): boolean {
  return HALVED.has(format);
}

const HALVED: ReadonlySet<PixelFormat> = new Set(
  PIXEL_FORMATS.filter((format) => planesOf(format, 2, 2)[1]?.subsampleY === 2),
);
