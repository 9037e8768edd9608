import { styleText } from 'node:util';
import {
  type CheckFigures,
  type HopFigures,
  HOPS,
  type LoadFigures,
  type RoleFigures,
  type RoleName,
  ROLES,
} from './protocol.js';
import { dropPercentOf, receiverOf } from './summary.js';

/** The newest figures of each process. */
export type FiguresByRole = Readonly<Partial<Record<RoleName, RoleFigures>>>;

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Paints if `stream` is a terminal and the environment has no `NO_COLOR`. */
export function painterFor(stream: { readonly isTTY?: boolean }): Paint {
  const noColor = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '';
  const colours = stream.isTTY === true && !noColor && process.env['TERM'] !== 'dumb';
  return (style, text) => (colours ? styleText(style, text) : text);
}

const COLUMNS = [21, 6, 8, 8, 7, 6, 6, 9, 8, 10, 8] as const;
const GOOD_FPS = 28;
const GOOD_DROP_PERCENT = 2;

/** The table of all hops: lines of at most 96 columns. */
export function hopTable(figures: FiguresByRole, paint: Paint): string[] {
  const head = [
    `${'latency ms'.padStart(43)}${'dropped'.padStart(19)}${'loop'.padStart(27)}${'CPU'.padStart(8)}`,
    cells(['hop', 'fps', 'p50', 'p95', 'full', 'rate', 'late', 'missing', 'Mbit/s', 'lag ms', '%']),
  ];
  const rows = HOPS.map((hop) => {
    const of = figures[receiverOf(hop)];
    return hopRow(hop, of?.hops[hop], of?.load, paint);
  });
  return [
    ...head.map((line) => paint('dim', line)),
    ...rows,
    ...loadLines(figures, paint),
    ...checkLines(figures.viewer?.checks, paint),
  ];
}

function hopRow(
  hop: string,
  figures: HopFigures | undefined,
  load: LoadFigures | undefined,
  paint: Paint,
): string {
  if (!figures || !load) return cells([hop, '-', '-', '-', '-', '-', '-', '-', '-', '-', '-']);
  const { fps, latencyMs, dropped, missing, bitrateBps } = figures;
  const values = [
    hop,
    fps.toFixed(1),
    number(latencyMs?.p50, 1),
    number(latencyMs?.p95, 1),
    `${dropped.full}`,
    `${dropped.rate}`,
    `${dropped.late}`,
    `${missing}`,
    number(bitrateBps === null ? undefined : bitrateBps / 1e6, 2),
    number(load.eventLoopLagMs, 1),
    number(load.cpuPercent, 0),
  ];
  const good = fps >= GOOD_FPS && dropPercentOf(figures) <= GOOD_DROP_PERCENT;
  const line = cells(values);
  const nameWidth = COLUMNS[0];
  return paint(good ? 'green' : 'yellow', line.slice(0, nameWidth)) + line.slice(nameWidth);
}

function loadLines(figures: FiguresByRole, paint: Paint): string[] {
  const parts = ROLES.map((role) => {
    const load = figures[role]?.load;
    return `${role} ${number(load?.cpuPercent, 0)} % (lag ${number(load?.eventLoopLagMs, 1)} ms)`;
  });
  return ['', `${paint('dim', '  CPU     ')}${parts.join('   ')}`];
}

function checkLines(checks: CheckFigures | undefined, paint: Paint): string[] {
  if (!checks) return [`${paint('dim', '  viewer  ')}waits for the first picture`];
  const { processed, original, tone, toneHz, frameNumber, endToEndMs } = checks;
  const share = (proven: number | null, all: number): string => {
    if (proven === null) return `${all}`;
    const text = `${proven} of ${all}`;
    return proven === all ? text : paint(proven >= all / 2 ? 'yellow' : 'red', text);
  };
  const through = endToEndMs
    ? `painter to viewer through the agent: ${endToEndMs.p50.toFixed(1)} ms (p95 ${endToEndMs.p95.toFixed(1)})`
    : '';
  return [
    `${paint('dim', '  latency ')}${through}`,
    `${paint('dim', '  viewer  ')}frame ${frameNumber ?? '-'}   ` +
      `processed ${share(processed.proven, processed.seen)}   ` +
      `original ${share(original.proven, original.seen)}   ` +
      `tone ${number(toneHz ?? undefined, 0)} Hz ${share(tone.proven, tone.heard)}`,
  ];
}

/** The same on one line, for a log. */
export function hopLine(figures: FiguresByRole, elapsedSeconds: number): string {
  const hops = HOPS.map((hop) => {
    const one = figures[receiverOf(hop)]?.hops[hop];
    if (!one) return `${hop} -`;
    const { full, rate, late } = one.dropped;
    return `${hop} ${one.fps.toFixed(1)} fps ${number(one.latencyMs?.p50, 0)} ms, ${full + rate + late} dropped, ${one.missing} missing`;
  });
  return `${elapsedSeconds.toFixed(0)} s | ${hops.join(' | ')}`;
}

/** The first column to the left, the others to the right. */
function cells(values: readonly string[]): string {
  return values
    .map((value, i) =>
      i === 0 ? `  ${value}`.padEnd(COLUMNS[0]) : value.padStart(COLUMNS[i] ?? 8),
    )
    .join('');
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits);
}
