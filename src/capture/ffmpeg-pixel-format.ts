import type { PixelFormat } from '../video/pixel-format.js';

/** ffmpeg's names of our formats. */
export const FFMPEG_PIXEL_FORMATS: { readonly [Format in PixelFormat]: string } = {
  RGBA: 'rgba',
  ABGR: 'abgr',
  ARGB: 'argb',
  BGRA: 'bgra',
  RGB24: 'rgb24',
  I420: 'yuv420p',
  I420A: 'yuva420p',
  I422: 'yuv422p',
  I444: 'yuv444p',
  I010: 'yuv420p10le',
  NV12: 'nv12',
};
