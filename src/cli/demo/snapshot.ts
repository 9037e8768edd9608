import { rmSync } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import type { VideoFrame } from '../../video/video-frame.js';

/** Writes a frame as a PNG. The frame stays open. */
export async function savePng(frame: VideoFrame, file: string): Promise<void> {
  const { createCanvas } = await import('@napi-rs/canvas');
  const canvas = createCanvas(frame.width, frame.height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(frame.width, frame.height);
  using rgba = frame.convert('RGBA');
  rgba.borrow((pixels) => {
    image.data.set(pixels);
  });
  context.putImageData(image, 0, 0);
  await writeFile(file, await canvas.encode('png'));
}

/** @throws Error if no file can be written there. Nothing is left of the attempt. */
export async function checkWritable(file: string): Promise<void> {
  const existed = await stat(file).then(
    () => true,
    () => false,
  );
  // Access rights alone say nothing of read-only file systems, or to root.
  await (await open(file, 'a')).close();
  if (!existed) rmSync(file);
}
