import { shown } from '../core/check.js';

/** @throws RangeError if a device's name is not as `rule` says. */
export function checkDeviceRule(device: string, holds: boolean, rule: string): void {
  if (!holds) throw new RangeError(`options.device must be ${rule}, got ${shown(device)}.`);
}

/** An option of ffmpeg's and its value, or nothing where that is left out. */
export function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** A picture's size as ffmpeg has it, if both of it are given. */
export function sizeOption({
  width,
  height,
}: {
  readonly width?: number;
  readonly height?: number;
}): string[] {
  return width === undefined || height === undefined ? [] : ['-video_size', `${width}x${height}`];
}

/** Which part of a screen is captured. Without a size ffmpeg would want all of it from there, and more. */
export function partOptions(
  part: {
    readonly x?: number;
    readonly y?: number;
    readonly width?: number;
    readonly height?: number;
  },
  [left, top]: readonly [string, string],
): string[] {
  const size = sizeOption(part);
  return size.length === 0 ? [] : [...size, ...option(left, part.x), ...option(top, part.y)];
}
