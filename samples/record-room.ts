// Records everybody in a room: a file for each track, or with --layout grid all in one.
// Run it: npm run sample -- record-room [--out FOLDER] [--layout tracks] [--seconds 5]

import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Room } from 'framewire';
import { recordRoom, ROOM_LAYOUTS } from 'framewire/record';
import { runSample } from './support/run-sample.js';
import { TalkShow } from './support/talk-show.js';

const flags = { out: '', layout: ROOM_LAYOUTS };

runSample(
  { flags, company: (place) => TalkShow.begin(place) },
  async ({ url, token, signal, flags }) => {
    const dir = flags.out === '' ? await mkdtemp(join(tmpdir(), 'framewire-')) : flags.out;
    await mkdir(dir, { recursive: true });

    await using room = new Room();
    await room.connect(url, await token('recorder'), { signal });

    const recording = await recordRoom(room, {
      dir,
      layout: flags.layout,
      grid: { names: true },
      signal,
    });
    recording.on('fileStarted', ({ file }) => console.log(`Recording ${file}`));
    recording.on('fileFailed', ({ file }, error) => console.warn(`${file} failed:`, error));

    // Until somebody stops it, the room is left, or as here the signal aborts.
    const { files, manifestPath } = await recording.finished;
    for (const { file, startMs, durationMs, end } of files) {
      const seconds = (ms: number): string => (ms / 1000).toFixed(2);
      console.log(`${file}: from ${seconds(startMs)} s on, ${seconds(durationMs)} s, ${end}`);
    }
    console.log(`What is whose: ${manifestPath}`);
  },
);
