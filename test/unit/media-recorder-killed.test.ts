import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { decodeAudio, frameTimes } from '../support/ffmpeg.js';
import { startProgram } from '../support/program.js';
import { describeWith } from '../support/tools.js';

jest.setTimeout(60_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'framewire-killed-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Told {
  readonly path: string;
  readonly writtenMs: number;
  readonly pid: number;
  readonly code: string;
}

/** Whether a process runs: one that nobody has asked for its end is gone, too. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function recordUntilKilled(victim: string, type: string, count: number): Promise<Told[]> {
  const { stdout, stderr } = await startProgram('record.cjs', [folder, victim, type, `${count}`])
    .end;
  if (stdout === '') throw new Error(`The program told nothing: ${stderr}`);
  const told = JSON.parse(stdout) as Told[];
  // What ffmpeg got before its pipes broke, it goes on to write.
  for (const { pid } of told) while (runs(pid)) await setTimeout(20);
  return told;
}

async function missingMs({ path, writtenMs }: Told): Promise<number> {
  const [times, samples] = await Promise.all([frameTimes(path, 'video'), decodeAudio(path)]);
  const videoMs = times.at(-1)! * 1000 + 1000 / 30;
  return writtenMs - Math.min(videoMs, samples.length / 48);
}

describeWith(['ffmpeg', 'ffprobe'], 'a recording', () => {
  it.each(['mp4', 'webm'])('to .%s plays when the program was killed', async (type) => {
    const told = await recordUntilKilled('program', type, 5);
    const missing = await Promise.all(told.map(missingMs));
    expect(missing).toHaveLength(5);
    expect(Math.max(...missing)).toBeLessThan(500);
  });

  it.each(['mp4', 'webm'])('to .%s plays when ffmpeg was killed, which is told', async (type) => {
    const told = await recordUntilKilled('ffmpeg', type, 5);
    expect(told.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'file'));
    const missing = await Promise.all(told.map(missingMs));
    expect(Math.max(...missing)).toBeLessThan(500);
  });
});
