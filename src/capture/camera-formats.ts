import type { CameraFormat } from './device-info.js';

/** A camera with more than these has them in steps of a pixel, or tells tales. */
const MAX_FORMATS = 1_000;

/** Of `-f v4l2 -list_formats all`: `Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 320x240`. */
export function v4l2Formats(text: string): CameraFormat[] {
  const formats: CameraFormat[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', sizes = ''] =
      /(?:Raw|Compressed) *: *(\S+) :.*: *([^:]*)$/.exec(line) ?? [];
    // What ffmpeg can't read has no name of its own.
    if (name === '' || name === 'Unsupported') continue;
    for (const [, width, height] of sizes.matchAll(/(?<!\S)(\d+)x(\d+)(?!\S)/g)) {
      formats.push({ inputFormat: name, width: Number(width), height: Number(height) });
    }
    // The largest of a range: `{32-1920, 2}x{32-1080, 2}`.
    for (const [, width, height] of sizes.matchAll(/\{\d+-(\d+), \d+\}x\{\d+-(\d+), \d+\}/g)) {
      formats.push({ inputFormat: name, width: Number(width), height: Number(height) });
    }
  }
  return distinct(formats);
}

/** Of `-f dshow -list_options true`: `pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30`. */
export function dshowFormats(text: string): CameraFormat[] {
  const line =
    /(?:pixel_format|vcodec)=(\S+)\s+min s=\d+x\d+ fps=[\d.e+-]+ max s=(\d+)x(\d+) fps=([\d.e+-]+)/g;
  return distinct(
    [...text.matchAll(line)].map(([, inputFormat = '', width, height, fps]) => ({
      inputFormat,
      width: Number(width),
      height: Number(height),
      // 30.0003 is what a camera of 30 says.
      maxFps: Math.round(Number(fps) * 100) / 100,
    })),
  );
}

/** Each once: DirectShow tells all twice. */
function distinct(formats: readonly CameraFormat[]): CameraFormat[] {
  const all = new Map<string, CameraFormat>();
  for (const format of formats) {
    const key = `${format.inputFormat} ${format.width}x${format.height}`;
    const before = all.get(key);
    if (!before || (format.maxFps ?? 0) > (before.maxFps ?? 0)) all.set(key, format);
  }
  return [...all.values()].slice(0, MAX_FORMATS);
}
