/** LiveKit's encoding presets of 16:9 video: pixels and bits a second. */
const PRESETS: readonly (readonly [pixels: number, bitrateBps: number])[] = [
  [160 * 90, 90_000],
  [320 * 180, 160_000],
  [384 * 216, 180_000],
  [640 * 360, 450_000],
  [960 * 540, 800_000],
  [1280 * 720, 1_700_000],
  [1920 * 1080, 3_000_000],
  [2560 * 1440, 5_000_000],
  [3840 * 2160, 8_000_000],
];

/**
 * The bit rate that LiveKit's clients give video of a size: that of the next larger preset. Needed where
 * only a frame rate was asked for, since the native side takes both or neither.
 */
export function defaultBitrateBps(width: number, height: number): number {
  const preset = PRESETS.find(([pixels]) => pixels >= width * height) ?? PRESETS.at(-1);
  return preset?.[1] ?? 0;
}
