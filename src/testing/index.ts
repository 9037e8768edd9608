export {
  BeepAndFlash,
  BeepAndFlashMeter,
  type BeepAndFlashOptions,
  type BeepAndFlashStep,
} from './beep-and-flash.js';
export { type Color, type ColorArea, colorDistance, meanColor, solidFrame } from './color.js';
export { whenIdle } from './idle.js';
export { frequencyOf, Tone, type ToneOptions } from './tone.js';
