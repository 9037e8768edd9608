// Records beeps and flashes to several files at once, until it is killed, or their ffmpegs are: both by itself, at
// moments that nobody can foresee. It then tells how much each recorder had been given.
const childProcess = require('node:child_process');
const { statSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const { spawn } = childProcess;
const ffmpegs = new Map();
childProcess.spawn = (program, args, ...rest) => {
  const child = spawn(program, args, ...rest);
  ffmpegs.set(String(args.at(-1)).replace(/^file:/, ''), child);
  return child;
};

const { MediaRecorder } = require('framewire/record');
const { BeepAndFlash } = require('framewire/testing');

const [, , folder, victim, type, count] = process.argv;
const FPS = 30;

async function record(path, untilMs) {
  const recorder = await MediaRecorder.open(path);
  const scene = new BeepAndFlash({ fps: FPS, width: 160, height: 90 });
  const startMs = performance.now();
  const told = { path, writtenMs: 0, pid: 0, code: '' };
  const failed = new Promise((resolve) => recorder.on('failed', resolve));
  for (let frames = 0; told.writtenMs < untilMs;) {
    const { picture, sound, timestampUs } = scene.next();
    recorder.write(picture, { timestampUs: 1e9 + timestampUs });
    recorder.write(sound, { timestampUs: 1e9 + timestampUs });
    frames += 1;
    told.writtenMs = (frames * 1000) / FPS;
    told.pid = ffmpegs.get(path)?.pid ?? 0;
    await sleep(Math.max(1, told.writtenMs - (performance.now() - startMs)));
  }
  // A machine that is too slow for real time catches up, so that what is missing is what nobody has written.
  for (let size = 0, same = 0; same < 2;) {
    await sleep(1000);
    const now = recorder.stats.waiting > 0 ? 0 : statSync(path).size;
    same = now > 0 && now === size ? same + 1 : 0;
    size = now;
  }
  return { told, failed, recorder };
}

async function main() {
  const all = Array.from({ length: Number(count) }, async (_, i) => {
    const path = join(folder, `${victim}-${i}.${type}`);
    const one = await record(path, 1500 + 250 * i + Math.random() * 250);
    if (victim === 'ffmpeg') {
      ffmpegs.get(path).kill('SIGKILL');
      const error = await one.failed;
      const stopped = await one.recorder.stop().catch((reason) => reason);
      one.told.code = stopped === error ? error.code : 'another';
    }
    return one.told;
  });
  // The one that gets its last frame last ends it for all of them; others have been given all they get.
  const told = await Promise.all(all);
  writeSync(1, JSON.stringify(told));
  if (victim === 'program') process.kill(process.pid, 'SIGKILL');
}

void main();
