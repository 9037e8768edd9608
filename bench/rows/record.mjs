import { onPath } from '../../scripts/prepare/programs.mjs';
import { inTurn, row } from '../lib/row.mjs';

/** The most of a core, in per cent. */
const MOST = 3;

const SECONDS = 8;
const FPS = 30;

/** Pictures and sound to an ffmpeg that encodes them: by the recorder, against writing the same bytes to its pipes. */
export const record = {
  name: 'record',
  async *run({ rounds, run, say }) {
    if (!onPath('ffmpeg')) {
      say('The row of the recorder is left out: there is no ffmpeg on PATH.');
      return;
    }
    const program = (side) => () => run(['record.mjs', side, SECONDS]);
    const results = await inTurn(rounds, {
      framewire: program('framewire'),
      streams: program('streams'),
    });
    const percent = (side) => results[side].map(({ cpuMsPerFrame }) => (cpuMsPerFrame * FPS) / 10);
    yield row({
      name: 'record 720p30 with sound: of a core, and of what plain writes take',
      unit: '%',
      sides: { framewire: percent('framewire'), streams: percent('streams') },
      target: { text: `≤ ${MOST} %`, met: ({ framewire }) => framewire <= MOST },
      more: results,
    });
  },
};
