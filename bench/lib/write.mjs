// Keeps the figures: as JSON, as tables in bench/README.md and docs/life-of-a-frame.md, and as the chart in docs.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawChart } from '../chart.mjs';
import { stagesTable } from './stages.mjs';
import { markdown } from './table.mjs';
import { howTaken } from './taken.mjs';

const bench = dirname(dirname(fileURLToPath(import.meta.url)));
const json = join(bench, 'results.json');
const readme = join(bench, 'README.md');
const life = join(bench, '..', 'docs', 'life-of-a-frame.md');
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

/**
 * Writes them. Rows that were not measured this time keep what they had, and say when and how they got it.
 *
 * @param order - The names of all benches, as the tables have them.
 */
export function writeFigures(results, order) {
  const all = merged(readResults(), results, order);
  const { nodes, rows } = all;
  writeFileSync(json, `${JSON.stringify(all, null, 1)}\n`);
  const shown = rows.filter(isShown);
  const stages = rows.filter(({ bench }) => bench === 'stages');
  replaceFigures(readme, `${howTaken(shown, nodes)}\n\n${markdown(shown)}`);
  replaceFigures(life, `${howTaken(stages, nodes)}\n\n${stagesTable(rows, nodes)}`);
  drawChart();
  format(json, readme, life);
}

/** The figures of `results`, and those of `before` that it doesn't have, each with how it was taken. */
export function merged(before, { nodes: measuredOn, rows: measured, ...results }, order) {
  const takenBy = ({ machine, date, rounds }, rows) =>
    rows.map((row) => ({ machine, date, rounds, ...row }));
  const place = ({ bench, node }) => `${bench} ${node}`;
  const replaced = new Set(measured.map(place));
  const kept = (before?.rows ?? []).filter(
    (row) => order.includes(row.bench) && !replaced.has(place(row)),
  );
  const rows = [...takenBy(before ?? {}, kept), ...takenBy(results, measured)];
  const nodes = [...new Set([...measuredOn, ...kept.flatMap(({ node }) => node ?? [])])].sort(
    (a, b) => a.localeCompare(b, 'en', { numeric: true }),
  );
  const rank = ({ bench, node }) =>
    order.indexOf(bench) * (nodes.length + 1) + nodes.indexOf(node) + 1;
  return { ...results, nodes, rows: rows.sort((a, b) => rank(a) - rank(b)) };
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
