// Keeps the figures: as JSON, as tables in bench/README.md and docs/life-of-a-frame.md, and as the chart in docs.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawChart } from '../chart.mjs';
import { stagesTable } from './stages.mjs';
import { markdown } from './table.mjs';

const bench = dirname(dirname(fileURLToPath(import.meta.url)));
const json = join(bench, 'results.json');
const readme = join(bench, 'README.md');
const life = join(bench, '..', 'docs', 'life-of-a-frame.md');
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Writes them. Rows that were not measured this time keep what they had. */
export function writeFigures(results) {
  const before = readResults();
  const measured = new Set(results.rows.map(({ bench }) => bench));
  const kept = (before?.rows ?? []).filter(({ bench }) => !measured.has(bench));
  const all = { ...results, rows: [...kept, ...results.rows] };
  writeFileSync(json, `${JSON.stringify(all, null, 1)}\n`);
  const { machine, nodes, date, rounds } = all;
  const from = `On ${machine}, Node ${nodes.join(' and ')}, ${date}`;
  const shown = markdown(all.rows.filter(isShown));
  replaceFigures(readme, `${from}, medians of up to ${rounds} rounds.\n\n${shown}`);
  replaceFigures(life, `${from}, medians.\n\n${stagesTable(all.rows, nodes)}`);
  drawChart();
  format(json, readme, life);
}

function format(...paths) {
  const prettier = dirname(createRequire(import.meta.url).resolve('prettier/package.json'));
  const program = join(prettier, 'bin', 'prettier.cjs');
  execFileSync(process.execPath, [program, '--write', '--log-level', 'warn', ...paths]);
}

function replaceFigures(path, figures) {
  const text = readFileSync(path, 'utf8');
  const [head, tail] = [text.split(BEGIN)[0], text.split(END)[1]];
  writeFileSync(path, `${head}${BEGIN}\n\n${figures}\n\n${END}${tail}`);
}

/** Stages have a table of their own, and pairs that the native side doesn't have stand beside nothing. */
function isShown({ bench, target }) {
  if (bench === 'stages') return false;
  return bench !== 'convert' || target !== undefined;
}

export function readResults() {
  try {
    return JSON.parse(readFileSync(json, 'utf8'));
  } catch {
    return undefined;
  }
}
