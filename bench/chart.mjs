// Draws docs/bench.svg from bench/results.json: `node bench/chart.mjs`, which `npm run bench -- --write` does too.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure } from './lib/table.mjs';

const bench = dirname(fileURLToPath(import.meta.url));

const WIDTH = 860;
const LABEL_WIDTH = 330;
const BAR_WIDTH = 400;
const BAR = 12;
const ROW_GAP = 14;
const TOP = 74;

/** Shades that can be told from each other, and read, on white and on black. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .small { font-size: 11px; fill: #59636e; }
  .framewire { fill: #1a7f5a; }
  .rtc-node { fill: #8c959f; }
  .python { fill: #b7791f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .framewire { fill: #3fb68b; }
    .rtc-node { fill: #6e7681; }
    .python { fill: #d4a045; }
  }`;

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The rows of a chart: what others can do too, on the newest Node where both were measured. */
function charted({ rows, nodes }) {
  const newest = nodes.at(-1);
  return rows.filter(
    ({ chart, node, values }) =>
      chart && Object.keys(values).length > 1 && (node === undefined || node === newest),
  );
}

function drawRow({ chart, unit, values }, y) {
  const most = Math.max(...Object.values(values));
  const bars = Object.entries(values).map(([side, value], i) => {
    const top = y + i * (BAR + 3);
    const length = Math.max(2, (BAR_WIDTH * value) / most);
    return `
  <rect class="${side}" x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>
  <text class="small" x="${(LABEL_WIDTH + length + 6).toFixed(1)}" y="${top + BAR - 2}">${`${figure(value)} ${unit}`.trim()}</text>`;
  });
  const height = Object.keys(values).length * (BAR + 3);
  const middle = y + height / 2 + 3;
  return {
    height,
    svg: `
  <text x="${LABEL_WIDTH - 12}" y="${middle}" text-anchor="end">${escaped(chart)}</text>${bars.join('')}`,
  };
}

/** Draws the chart. */
export function drawChart() {
  const results = JSON.parse(readFileSync(join(bench, 'results.json'), 'utf8'));
  let y = TOP;
  let body = '';
  for (const row of charted(results)) {
    const { svg, height } = drawRow(row, y);
    body += svg;
    y += height + ROW_GAP;
  }
  const legend = ['framewire', 'rtc-node', 'python']
    .map(
      (side, i) => `
  <rect class="${side}" x="${LABEL_WIDTH + i * 110}" y="40" width="12" height="12" rx="2"/>
  <text x="${LABEL_WIDTH + 18 + i * 110}" y="50.5">${side}</text>`,
    )
    .join('');
  const { machine, nodes, date } = results;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 22}" width="${WIDTH}" role="img" aria-label="Benchmarks of Framewire beside rtc-node and the Python SDK">
  <style>${STYLE}
  </style>
  <text class="title" x="16" y="26">Shorter is better, except where it says more</text>${legend}${body}
  <text class="small" x="16" y="${y + 10}">${escaped(`${machine}, Node ${nodes.at(-1)}, ${date}. bench/README.md says what is measured.`)}</text>
</svg>
`;
  writeFileSync(join(bench, '..', 'docs', 'bench.svg'), svg);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) drawChart();
