// A time in a picture, as a row of black and white squares: it survives the encoder, and says how old a frame
// is wherever it arrives, also with SDKs that know no metadata. python-subscriber.py reads it too.

/** A macroblock of the encoders. */
const SQUARE = 16;
const BITS = 40;

/** The monotonic clock, which all processes of a machine share, in steps of 10 microseconds. */
function now() {
  return Number(process.hrtime.bigint() / 10_000n);
}

/** Draws the time into the luma plane at the start of I420 pixels, or into RGBA pixels. */
export function drawTime(pixels, { width, format = 'I420' }) {
  const value = now();
  const bytesPerPixel = format === 'RGBA' ? 4 : 1;
  for (let bit = 0; bit < BITS; bit++) {
    const color = Math.floor(value / 2 ** bit) % 2 === 1 ? 235 : 16;
    for (let y = 0; y < SQUARE; y++) {
      const start = bytesPerPixel * (y * width + bit * SQUARE);
      pixels.fill(color, start, start + bytesPerPixel * SQUARE);
    }
  }
}

/** How long ago the time was drawn that I420 pixels show, in milliseconds. */
export function drawnMsAgo(pixels, { width }) {
  let value = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const middle = (SQUARE / 2) * width + bit * SQUARE + SQUARE / 2;
    if (pixels[middle] > 128) value += 2 ** bit;
  }
  return (now() - value) / 100;
}

/** What the squares are drawn on: a few different pictures, so that the encoder has something to do. */
export function pictures({ width, height, format = 'I420', count = 8 }) {
  return Array.from({ length: count }, (_, n) => {
    if (format === 'RGBA') {
      const pixels = new Uint8Array(4 * width * height);
      for (let i = 0; i < pixels.length; i++) {
        const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
        pixels[i] = (i & 3) === 3 ? 255 : ((x >> 2) + (y >> 2) + 8 * n * ((i & 3) + 1)) & 255;
      }
      return pixels;
    }
    const pixels = new Uint8Array((3 * width * height) / 2).fill(128);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      pixels[i] = 16 + ((((x >> 2) + (y >> 2) + 8 * n) & 255) * 219) / 256;
    }
    return pixels;
  });
}
