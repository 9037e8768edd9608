import type { OpenOutput } from '../../src/capture/audio-device.js';
import { PlayedSound } from '../../src/capture/played-sound.js';
import { PlayoutQueue } from '../../src/capture/playout-queue.js';

const RATE = 48_000;
const BLOCK = 480;

/** A device that takes what the test says. */
class Device implements OpenOutput {
  readonly deviceMs = 0;
  readonly given: Int16Array[] = [];
  taken = 0;

  write(samples: Int16Array): void {
    this.given.push(samples);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get samples(): number[] {
    return this.given.flatMap((block) => [...block]);
  }
}

function setup(latencyMs = 100): {
  readonly queue: PlayoutQueue;
  readonly device: Device;
  readonly starved: Int16Array[];
} {
  const form = { sampleRate: RATE, channels: 1 };
  const starved: Int16Array[] = [];
  const queue = new PlayoutQueue({
    ...form,
    latencyMs,
    played: new PlayedSound(form, latencyMs),
    onStarved: () => starved.splice(0),
  });
  const device = new Device();
  queue.attach(device);
  return { queue, device, starved };
}

function loud(count: number): Int16Array {
  return new Int16Array(count).fill(1_000);
}

describe('sound on its way to a speaker', () => {
  it('gets a lead of silence, and is handed over only as far as the device needs it', () => {
    const { queue, device } = setup(100);
    queue.push(loud(RATE));
    expect(device.given).toHaveLength(10);
    const samples = device.samples;
    expect(samples.findIndex((sample) => sample !== 0)).toBe(RATE * 0.05);
    expect(queue.bufferedMs).toBeCloseTo(1_050, 0);
    queue.taken(2 * BLOCK);
    expect(device.given).toHaveLength(12);
    queue.close();
  });

  it('comes to its last sample, though no more follows and the device waits for whole blocks', () => {
    const { queue, device, starved } = setup(100);
    queue.push(loud(100));
    starved.push(loud(50));
    queue.flush();
    expect(device.samples.filter((sample) => sample !== 0)).toHaveLength(150);
    // And something behind it, that pushes it out.
    expect(device.samples.lastIndexOf(1_000)).toBeLessThan(device.samples.length - BLOCK);
    queue.close();
  });

  it('flushes by itself what nothing follows', async () => {
    const { queue, device, starved } = setup(50);
    starved.push(loud(50));
    queue.push(loud(100));
    while (device.samples.filter((sample) => sample !== 0).length < 150) {
      queue.taken(device.given.length * BLOCK - device.taken);
      device.taken = device.given.length * BLOCK;
      await queue.change(5);
    }
    expect(starved).toHaveLength(0);
    queue.close();
  });

  it('is dropped by clear() as far as the device was not given it', () => {
    const { queue, device } = setup(100);
    queue.push(loud(RATE));
    expect(queue.clear()).toBeCloseTo(950, 0);
    queue.taken(5 * BLOCK);
    expect(device.given).toHaveLength(10);
    expect(queue.bufferedMs).toBeLessThanOrEqual(100);
    queue.close();
  });

  it('goes on with the next device', () => {
    const { queue } = setup(100);
    queue.push(loud(RATE));
    const next = new Device();
    queue.attach(next);
    expect(next.given).toHaveLength(10);
    queue.close();
  });

  it('tells who waits when it is closed', async () => {
    const { queue } = setup(100);
    const change = queue.change(1_000_000);
    queue.close();
    await expect(change).resolves.toBeUndefined();
  });
});
