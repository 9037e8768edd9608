import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { join } from 'node:path';
import { capabilities } from 'framewire';

const [major] = process.versions.node.split('.').map(Number);

describe('capabilities', () => {
  it('say which paths this runtime has', () => {
    expect({ ...capabilities }).toMatchObject({
      native: true,
      zeroCopyBorrow: (major ?? 0) >= 22,
      audioProcessing: true,
      audioResampling: true,
      platformAudio: true,
    });
  });

  it('are the same for as long as the program runs, and nobody changes them', () => {
    expect(Object.isFrozen(capabilities)).toBe(true);
    expect(() => Object.assign(capabilities, { native: false })).toThrow(TypeError);
  });

  it('can be asked for where there is nothing native', async () => {
    const path = JSON.stringify(join(__dirname, '..', '..'));
    const worker = new Worker(
      `require('node:worker_threads').parentPort.postMessage({ ...require(${path}).capabilities })`,
      { eval: true },
    );
    const [said] = (await once(worker, 'message')) as [unknown];
    expect(said).toMatchObject({
      native: false,
      audioProcessing: false,
      audioResampling: false,
      platformAudio: false,
    });
    await worker.terminate();
  });

  it('do not matter to conversions, which work in a worker too', async () => {
    const path = JSON.stringify(join(__dirname, '..', '..'));
    const worker = new Worker(
      `const { PIXEL_FORMATS, VideoFrame } = require(${path});
      const pixels = new Uint8Array(7 * 5 * 4).map((_, i) => [200, 50, 100, 255][i % 4]);
      const rgba = new VideoFrame(pixels, { width: 7, height: 5, format: 'RGBA' });
      const seen = PIXEL_FORMATS.flatMap((from) =>
        PIXEL_FORMATS.map((to) => rgba.convert(from).convert(to, { flipY: true }).convert('RGBA').data.slice(0, 4)));
      require('node:worker_threads').parentPort.postMessage(seen)`,
      { eval: true },
    );
    const [seen] = (await once(worker, 'message')) as [Uint8Array[]];
    await worker.terminate();
    expect(seen).toHaveLength(121);
    for (const [red = 0, green = 0, blue = 0, alpha] of seen) {
      expect(
        Math.max(Math.abs(red - 200), Math.abs(green - 50), Math.abs(blue - 100)),
      ).toBeLessThan(6);
      expect(alpha).toBe(255);
    }
  });
});
