const SVG = 'http://www.w3.org/2000/svg';
/** One point a second. */
const POINTS = 60;
const WIDTH = 120;
const HEIGHT = 28;

/** How a {@link Sparkline} looks. */
export interface SparklineOptions {
  /** What it shows, for those who can't see it. */
  readonly label: string;
  readonly unit: string;
  /** The top of the chart at least: without it noise looks like news. */
  readonly top: number;
  readonly kind: 'line' | 'bars';
}

/** A small chart of the last minute, that begins at 0. */
export class Sparkline {
  readonly element: SVGSVGElement;
  readonly #options: SparklineOptions;
  readonly #path: SVGPathElement;
  readonly #area: SVGPathElement;
  /** `null` where nothing was measured. */
  readonly #values: (number | null)[] = [];

  constructor(options: SparklineOptions) {
    this.#options = options;
    this.element = document.createElementNS(SVG, 'svg');
    this.element.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.element.setAttribute('role', 'img');
    this.element.setAttribute('class', `spark ${options.kind}`);
    this.#area = document.createElementNS(SVG, 'path');
    this.#area.setAttribute('class', 'area');
    this.#path = document.createElementNS(SVG, 'path');
    this.#path.setAttribute('class', 'path');
    this.element.append(this.#area, this.#path);
    this.#describe();
  }

  /** Adds the newest second. */
  add(value: number | null): void {
    this.#values.push(value);
    if (this.#values.length > POINTS) this.#values.shift();
    this.#draw();
    this.#describe();
  }

  #draw(): void {
    const values = this.#values;
    const top = Math.max(this.#options.top, ...values.map((value) => value ?? 0));
    const step = WIDTH / (POINTS - 1);
    const x = (i: number): number => WIDTH - (values.length - 1 - i) * step;
    const y = (value: number): number => HEIGHT - 1.5 - (value / top) * (HEIGHT - 3);
    if (this.#options.kind === 'bars') {
      const bars = values.flatMap((value, i) =>
        value === null || value === 0
          ? []
          : [`M${x(i).toFixed(1)},${HEIGHT - 1}V${y(value).toFixed(1)}`],
      );
      this.#area.setAttribute('d', `M${x(0).toFixed(1)},${HEIGHT - 1}H${WIDTH}`);
      this.#path.setAttribute('d', bars.join(''));
      return;
    }
    let line = '';
    let area = '';
    for (const run of runsOf(values)) {
      const points = run.map(({ i, value }) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
      line += `M${points.join('L')}`;
      const [first, last] = [run[0]?.i ?? 0, run.at(-1)?.i ?? 0];
      area += `M${x(first).toFixed(1)},${HEIGHT}L${points.join('L')}L${x(last).toFixed(1)},${HEIGHT}Z`;
    }
    this.#path.setAttribute('d', line);
    this.#area.setAttribute('d', area);
  }

  #describe(): void {
    const { label, unit } = this.#options;
    const known = this.#values.filter((value) => value !== null);
    const range =
      known.length === 0
        ? 'nothing yet'
        : `${format(Math.min(...known))} to ${format(Math.max(...known))} ${unit}`;
    this.element.setAttribute('aria-label', `${label}, the last minute: ${range}`);
  }
}

interface Point {
  readonly i: number;
  readonly value: number;
}

/** The values without gaps between them. */
function runsOf(values: readonly (number | null)[]): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] | undefined;
  for (const [i, value] of values.entries()) {
    if (value === null) {
      run = undefined;
      continue;
    }
    if (!run) runs.push((run = []));
    run.push({ i, value });
  }
  return runs;
}

function format(value: number): string {
  return value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0);
}
