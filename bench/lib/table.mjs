// How rows are shown: on the terminal, and as a table in Markdown.

const SIDES = ['framewire', 'rtc-node', 'python'];

/** A number with about three figures. */
export function figure(value) {
  if (value === undefined) return '';
  if (Number.isInteger(value) || value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(value >= 1 ? 2 : 3);
}

function verdict({ met }) {
  if (met === undefined) return '';
  return met ? 'met' : 'missed';
}

function cells(row) {
  const { name, node, unit, values, ratio, target } = row;
  return [
    name + (node ? ` (Node ${node.split('.')[0]})` : ''),
    ...SIDES.map((side) =>
      values[side] === undefined ? '' : `${figure(values[side])} ${unit}`.trim(),
    ),
    ratio === undefined ? '' : `${figure(ratio)}x`,
    target ?? '',
    verdict(row),
  ];
}

const TITLES = ['', ...SIDES, 'ratio', 'must reach', ''];
const WIDTHS = [62, 11, 11, 11, 8, 34, 6];
let titled = false;

/** Prints a row as soon as it's known. */
export function printRow(row) {
  const line = (all) =>
    all
      .map((cell, i) =>
        i === 0
          ? cell.padEnd(WIDTHS[i])
          : `  ${cell.padStart(i === 5 || i === 6 ? 0 : WIDTHS[i])}`.padEnd(
              i >= 5 ? WIDTHS[i] + 2 : 0,
            ),
      )
      .join('');
  if (!titled) console.log(line(TITLES));
  titled = true;
  console.log(line(cells(row).map((cell) => cell.replaceAll('`', ''))).trimEnd());
}

/** The rows as a table in Markdown. */
export function markdown(rows) {
  const lines = rows.map((row) => `| ${cells(row).join(' | ')} |`);
  return [
    `| ${TITLES.join(' | ')} |`,
    '| --- | --: | --: | --: | --: | --- | --- |',
    ...lines,
  ].join('\n');
}
