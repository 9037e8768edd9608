import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpegPath } from '../support/ffmpeg.js';
import { describeWith } from '../support/tools.js';

const PROGRAM = join(__dirname, '../support/programs/no-descriptors.cjs');

describeWith('ffmpeg', 'a device without descriptors left', () => {
  it('is a typed error: nothing hangs, and the program goes on', async () => {
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', 'ulimit -n 100 && exec "$0" "$1"', process.execPath, PROGRAM],
      { env: { ...process.env, FFMPEG_PATH: ffmpegPath() } },
    );
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(line).toMatch(/^\w+ \d FramewireError file$/);
  }, 60_000);
});
