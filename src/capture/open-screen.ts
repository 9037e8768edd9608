import { checkBoolean, checkInteger, checkOptions, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { MAX_DIMENSION } from '../video/pixel-format.js';
import { devicePlatform, screenFilters, screenInput } from './device-arguments.js';
import type { LiveVideoStream } from './live-video-stream.js';
import { openLiveVideo } from './open-video-device.js';
import {
  checkedSize,
  resolveVideoDeviceOptions,
  type VideoDeviceOptions,
} from './video-device-options.js';

/** A part of a screen, in its pixels. */
export interface ScreenArea {
  /** The left edge. Default 0. */
  readonly x?: number;
  /** The upper edge. Default 0. */
  readonly y?: number;
  /** Width in pixels, together with `height`. Default: all the rest. */
  readonly width?: number;
  /** Height in pixels, together with `width`. */
  readonly height?: number;
}

/** How {@link openScreen} captures. */
export interface ScreenOptions extends VideoDeviceOptions {
  /** Which part of the screen is captured. Default: all of it. */
  readonly area?: ScreenArea;
  /** Whether the mouse pointer is in the picture. Default `true`. */
  readonly cursor?: boolean;
}

const DEFAULT_FPS = 30;

/** At this rate at least it's captured, and then thinned: the first picture comes after an interval. */
const LEAST_FPS = 2;

/**
 * Opens a screen: a display of X11, a screen of macOS, or the desktop or a window of Windows. Resolves when the first
 * picture is there; from then on what nobody reads is dropped and counted.
 *
 * The frames have the size of what is captured, unless `width` and `height` say another: then it's scaled to
 * cover that, and cut in the middle.
 *
 * @returns The stream, which is yours to close; leaving a loop over it closes it.
 * @throws TypeError or RangeError if an option is not as it must be.
 * @throws FramewireError `device` if the screen isn't there or can't be captured, `not-found` if ffmpeg isn't
 * installed, `unsupported` if it's too old; the signal's reason if that aborts.
 * @example
 * ```ts
 * await using screen = await openScreen({ area: { x: 0, y: 0, width: 1280, height: 720 }, fps: 15 });
 * for await (using frame of screen) source.captureFrame(frame);
 * ```
 */
export async function openScreen(options: ScreenOptions = {}): Promise<LiveVideoStream> {
  const resolved = resolveVideoDeviceOptions(options);
  const { cursor = true } = options;
  checkBoolean(cursor, 'options.cursor');
  const area = checkedArea(options.area);
  const platform = devicePlatform();
  const device = resolved.device ?? defaultScreen(platform);
  const fps = resolved.fps ?? DEFAULT_FPS;
  const screen = { platform, device, ...area, fps: capturedFps(fps), cursor };
  return await openLiveVideo(
    { ...resolved, fps },
    {
      device,
      named: `The screen ${shown(device)}`,
      input: screenInput(screen),
      filters: screenFilters(screen),
      thin: fps < LEAST_FPS,
    },
  );
}

function checkedArea(area: ScreenArea | undefined): ScreenArea {
  checkOptions(area, 'options.area');
  const { x, y, width, height } = area ?? {};
  if (x !== undefined) checkInteger(x, 'options.area.x', { min: 0, max: MAX_DIMENSION });
  if (y !== undefined) checkInteger(y, 'options.area.y', { min: 0, max: MAX_DIMENSION });
  const size = checkedSize({ width, height }, 'options.area');
  return { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }), ...size };
}

/** A multiple of what is wanted. */
function capturedFps(fps: number): number {
  return fps < LEAST_FPS ? fps * Math.ceil(LEAST_FPS / fps) : fps;
}

function defaultScreen(platform: 'linux' | 'darwin' | 'win32'): string {
  if (platform === 'win32') return 'desktop';
  if (platform === 'darwin') return 'Capture screen 0';
  const display = process.env['DISPLAY'];
  if (display) return display;
  throw new FramewireError(
    'device',
    "There is no screen: the environment's DISPLAY is not set, and options.device is not given.",
  );
}
