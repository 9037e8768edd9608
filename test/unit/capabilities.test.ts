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
});
