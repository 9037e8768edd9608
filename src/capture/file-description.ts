/** What the pictures of a file are like. */
export interface FilePictures {
  /** Number of the stream in the file. */
  readonly index: number;
  /** Size as stored, in pixels that need not be square. */
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** How much wider than high a stored pixel is seen. */
  readonly pixelAspect: number;
  /** Degrees by which ffmpeg turns the picture so that it's upright. */
  readonly rotation: number;
  /** Pictures a second, on average. */
  readonly fps: number | undefined;
  /** Whether the file says by which matrix its colours were made. */
  readonly matrixTold: boolean;
}

/** What the sound of a file is like. */
export interface FileSound {
  /** Number of the stream in the file. */
  readonly index: number;
  readonly sampleRate: number;
  readonly channels: number;
}

/** What ffmpeg tells of a file before it reads it. */
export interface FileDescription {
  /** Names of the container's format: `mov`, `mp4`, `mpegts`. */
  readonly formats: readonly string[];
  /** As the container says, to 10 ms. */
  readonly durationUs: number | undefined;
  readonly pictures: FilePictures | undefined;
  readonly sound: FileSound | undefined;
}

/** Formats of a single image, as ffmpeg calls them. */
const IMAGE = /^image2$|_pipe$/;

/** Whether it's one picture that doesn't move. */
export function isStill({ formats, pictures, sound, durationUs = 0 }: FileDescription): boolean {
  if (!pictures || sound || durationUs * (pictures.fps ?? 0) > 1e6) return false;
  return formats.some((format) => IMAGE.test(format));
}

const INPUT = /^Input #0, (.*?), from '/;
const DURATION = /^ {2}Duration: (\d+):(\d\d):(\d\d)\.(\d\d)/;
const STREAM = /^ +Stream #0:(\d+)\S*: (\w+): (.*)$/;
const ROTATION = /^ +display ?matrix: rotation of (-?[\d.]+) degrees/i;
const MATRICES = /\b(bt709|bt470bg|smpte170m|smpte240m|fcc|bt2020n?c|gbr|ycgco|ictcp)\b/;

/** Those that are no film: the cover of an album, the marks of chapters. */
const STILL_TRACKS = /\((attached pic|timed thumbnails|still image)\)/;

/**
 * Reads what `ffmpeg -i` says of a file, in the same words for many versions. The lines are without the
 * level of each.
 */
export function describeFile(lines: readonly string[]): FileDescription {
  let formats: readonly string[] = [];
  let durationUs: number | undefined;
  let pictures: FilePictures | undefined;
  let sound: FileSound | undefined;
  let described: 'pictures' | 'other' = 'other';
  for (const line of lines) {
    const input = INPUT.exec(line)?.[1];
    if (input !== undefined) formats = input.split(',');
    const duration = DURATION.exec(line);
    if (duration) durationUs = durationOf(duration);
    const rotation = ROTATION.exec(line)?.[1];
    if (rotation !== undefined && described === 'pictures' && pictures) {
      pictures = { ...pictures, rotation: Number(rotation) };
    }
    const [, index, kind, details] = STREAM.exec(line) ?? [];
    if (index === undefined || details === undefined) continue;
    described = 'other';
    if (kind === 'Video' && (!pictures || pictures.index > Number(index))) {
      const found = picturesOf(Number(index), details);
      if (!found) continue;
      pictures = found;
      described = 'pictures';
    } else if (kind === 'Audio' && (!sound || sound.index > Number(index))) {
      sound = soundOf(Number(index), details) ?? sound;
    }
  }
  return { formats, durationUs, pictures, sound };
}

function durationOf([, hours, minutes, seconds, hundredths]: RegExpExecArray): number {
  const wholeSeconds = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return wholeSeconds * 1_000_000 + Number(hundredths) * 10_000;
}

function picturesOf(index: number, details: string): FilePictures | undefined {
  if (STILL_TRACKS.test(details)) return undefined;
  const [, pixels = '', width, height] =
    /, ([a-z0-9]+(?:\([^)]*\))?), (\d+)x(\d+)(?=[, ]|$)/.exec(details) ?? [];
  // What ffmpeg knows no more of has no pixels that it could give.
  if (width === undefined || height === undefined || pixels === 'none') return undefined;
  const [, across = 1, down = 1] = /\bSAR (\d+):(\d+)/.exec(details) ?? [];
  const aspect = Number(across) / Number(down);
  const [, rate, thousand] = /, ([\d.]+)(k?) fps\b/.exec(details) ?? [];
  const fps = rate === undefined ? undefined : Number(rate) * (thousand === 'k' ? 1000 : 1);
  return {
    index,
    codedWidth: Number(width),
    codedHeight: Number(height),
    pixelAspect: aspect > 0 && Number.isFinite(aspect) ? aspect : 1,
    rotation: 0,
    fps: fps !== undefined && fps > 0 ? fps : undefined,
    matrixTold: MATRICES.test(pixels),
  };
}

function soundOf(index: number, details: string): FileSound | undefined {
  const [, rate, layout = ''] = /, (\d+) Hz, ([^,]+)/.exec(details) ?? [];
  if (rate === undefined) return undefined;
  const counted = /^(\d+) channels/.exec(layout)?.[1];
  const channels = counted === undefined ? (layout === 'mono' ? 1 : 2) : Number(counted);
  return channels === 0 ? undefined : { index, sampleRate: Number(rate), channels };
}
