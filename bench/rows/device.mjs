import { onPath } from '../../scripts/prepare/programs.mjs';
import { inTurn, row } from '../lib/row.mjs';

const MOST_RATIO = 0.7;

/** The most of a core, in per cent. */
const MOST = { I420: 3, RGBA: 6 };

const SECONDS = 6;
const FPS = 30;

/** Raw pictures of ffmpeg's: as a camera's frames, against plain streams that copy the chunks of `stdout`. */
export const device = {
  name: 'device',
  async *run({ rounds, run, say }) {
    if (!onPath('ffmpeg')) {
      say('Rows of cameras are left out: there is no ffmpeg on PATH.');
      return;
    }
    for (const [format, most] of Object.entries(MOST)) {
      const program = (side) => () => run(['device.mjs', side, format, SECONDS]);
      const results = await inTurn(rounds, {
        framewire: program('framewire'),
        streams: program('streams'),
      });
      const percent = (side) =>
        results[side].map(({ cpuMsPerFrame }) => (cpuMsPerFrame * FPS) / 10);
      yield row({
        name: `capture 1080p30 ${format}: of a core, and of what plain streams take`,
        unit: '%',
        sides: { framewire: percent('framewire'), streams: percent('streams') },
        target: {
          text: `≤ ${most} %, ≤ ${MOST_RATIO}x`,
          met: ({ framewire, streams }) => framewire <= most && framewire / streams <= MOST_RATIO,
        },
        more: results,
      });
    }
  },
};
