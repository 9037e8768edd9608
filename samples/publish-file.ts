// Plays a file of any kind to a room: its pictures and its sound, in step.
// Run it: npm run sample -- publish-file [--file clip.mp4] [--loop] [--seconds 5]
// Without a file, it makes one of two seconds: colour bars and a tone of 550 Hz.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Room } from 'framewire';
import { publishFile } from 'framewire/capture';
import { runSample } from './support/run-sample.js';

const flags = { file: '', loop: false } as const;

runSample({ flags, company: 'audience' }, async ({ url, token, signal, ended, flags }) => {
  const folder = await mkdtemp(join(tmpdir(), 'framewire-'));
  try {
    const path = flags.file === '' ? await exampleClip(folder) : flags.file;
    await using room = new Room();
    await room.connect(url, await token('player'), { signal });

    await using film = await publishFile(room, path, {
      loop: flags.loop,
      video: { simulcast: false },
      signal,
    });
    const { width, height } = film.video?.track.source ?? { width: 0, height: 0 };
    console.log(
      `Playing ${((film.durationMs ?? 0) / 1000).toFixed(1)} s: ` +
        `${film.video ? `pictures of ${width}x${height}` : 'no pictures'}, ` +
        `${film.audio ? 'sound' : 'no sound'}.`,
    );

    // Whichever comes first: the end of the sample, or of the file.
    const end = await Promise.race([ended, film.closed]);
    if (end?.reason === 'failed') throw end.error;
    console.log(end?.reason === 'ended' ? 'Played to the end.' : 'Stopped.');
    console.log(`Sent ${film.video?.stats.delivered ?? 0} pictures.`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A clip as any program may have made it. */
async function exampleClip(folder: string): Promise<string> {
  const path = join(folder, 'example.mp4');
  await promisify(execFile)(process.env['FFMPEG_PATH'] ?? 'ffmpeg', [
    ...['-loglevel', 'error', '-f', 'lavfi', '-i', 'smptebars=size=640x360:rate=25:duration=2'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=550:sample_rate=48000:duration=2', path],
  ]);
  return path;
}
