import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { VideoFrame } from 'framewire';
import { whenIdle } from 'framewire/testing';
import { PooledMemory, poolUsage } from '../../src/core/memory-pool.js';

afterAll(() => whenIdle());

const MIB = 2 ** 20;

/** Whether memory of this size comes from the pool. */
function isPooled(byteLength: number): boolean {
  const { idleBytes } = poolUsage();
  PooledMemory.take(byteLength);
  return poolUsage().idleBytes < idleBytes;
}

function giveBack(byteLength: number, seen = false): Uint8Array {
  const memory = PooledMemory.take(byteLength);
  if (seen) memory.show();
  memory.giveBack();
  return memory.bytes;
}

describe('PooledMemory', () => {
  it('is used again, in its own size', () => {
    giveBack(1001);
    expect(isPooled(1002)).toBe(false);
    expect(isPooled(1001)).toBe(true);
    expect(isPooled(1001)).toBe(false);
  });

  it('ends the views that were shown, and only those', () => {
    expect(giveBack(1003)).toHaveLength(1003);
    expect(giveBack(1004, true)).toHaveLength(0);
    expect(isPooled(1004)).toBe(true);
  });

  it('makes room for a new size by letting go of the one that was used least lately', () => {
    const large = [30 * MIB, 31 * MIB, 32 * MIB] as const;
    giveBack(large[0]);
    giveBack(large[1]);
    giveBack(large[2]);
    expect(large.map(isPooled)).toEqual([false, true, true]);
  });

  it('does not keep what is larger than all of it', () => {
    giveBack(65 * MIB);
    expect(isPooled(65 * MIB)).toBe(false);
  });
});

describe('a frame whose memory is in use', () => {
  const size = { width: 16, height: 8, format: 'RGBA' } as const;

  it('keeps the view that the user has while it is borrowed', () => {
    using frame = VideoFrame.create(size);
    const { data } = frame;
    frame.borrow(() => frame.plane(0).data.fill(5));
    expect(data).toHaveLength(frame.byteLength);
    expect(data[0]).toBe(5);
  });

  it('lives on in the frame that replaces it with its own data', () => {
    const frame = VideoFrame.create(size);
    const { data } = frame;
    data.fill(6);
    using replaced = frame.replace(data);
    frame.close();
    expect(replaced.borrow((view) => view.every((value) => value === 6))).toBe(true);
    expect(replaced.data[0]).toBe(6);
  });
});

describe('a program that is careless with frames', () => {
  async function run(program: string): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], {
      cwd: join(__dirname, '..', '..'),
      env: { ...process.env, FRAMEWIRE_LOG: 'silent' },
    });
    return stdout.trim();
  }

  it('does not crash by closing frames that a file is still written from', async () => {
    // More than the pool holds, so that memory is let go of under the threads that read it.
    const program = `
      const fs = require('node:fs');
      const { VideoFrame } = require('framewire');
      const file = fs.openSync('/dev/null', 'w');
      let writing = 0;
      const done = (error) => {
        if (error) console.log(error.code);
        writing -= 1;
        if (writing === 0) console.log('alive');
      };
      for (let i = 0; i < 24; i++) {
        const frame = VideoFrame.create({ width: 1920, height: 1080, format: 'RGBA' });
        writing += 1;
        fs.write(file, frame.data, done);
        frame.close();
      }`;
    expect(await run(program)).toBe('alive');
  }, 60_000);

  it('does not grow without bound by forgetting frames', async () => {
    const program = `
      const { VideoFrame } = require('framewire');
      const source = VideoFrame.create({ width: 1280, height: 720, format: 'RGBA' });
      const before = process.memoryUsage().rss;
      let peak = 0;
      (async () => {
        for (let i = 0; i < 800; i++) {
          source.convert('BGRA');
          if (i % 4 === 0) await new Promise(setImmediate);
          peak = Math.max(peak, process.memoryUsage().rss - before);
        }
        console.log(Math.round(peak / 2 ** 20));
      })();`;
    // 800 frames are 2,800 MiB, and some 400 have been seen.
    expect(Number(await run(program))).toBeLessThan(1400);
  }, 60_000);
});
