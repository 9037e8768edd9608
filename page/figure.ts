import { make } from './elements.js';
import { Sparkline, type SparklineOptions } from './sparkline.js';

/** How a {@link Figure} looks. */
export interface FigureOptions extends SparklineOptions {
  /** By which the page's tests, and those who write others, find it. */
  readonly name: string;
  readonly digits: number;
}

/** A figure with its unit, and its last minute as a small chart. */
export class Figure {
  readonly element: HTMLElement;
  readonly #options: FigureOptions;
  readonly #chart: Sparkline;
  readonly #value = make('span', 'value', '–');
  readonly #note = make('span', 'note');

  constructor(options: FigureOptions) {
    this.#options = options;
    this.#chart = new Sparkline(options);
    this.element = make('div', 'figure');
    this.element.dataset['figure'] = options.name;
    const number = make('span', 'number');
    number.append(this.#value, make('span', 'unit', options.unit));
    const head = make('div', 'head');
    head.append(make('span', 'label', options.label), this.#note);
    this.element.append(head, number, this.#chart.element);
  }

  /** Shows the newest second; `null` if nothing was measured. `note` is a second, smaller figure. */
  show(value: number | null, note = ''): void {
    this.#value.textContent = value === null ? '–' : value.toFixed(this.#options.digits);
    this.#note.textContent = note;
    this.#chart.add(value);
  }
}

/** The three figures that there are of every way that pictures take. */
export interface WayFigures {
  readonly fps: Figure;
  readonly latency: Figure;
  readonly lost: Figure;
}

/** Makes the figures of a way and puts them into the page. */
export function wayFigures(into: Element, name: string, labels: Record<keyof WayFigures, string>) {
  const figures: WayFigures = {
    fps: new Figure({
      name: `${name}-fps`,
      label: labels.fps,
      unit: 'fps',
      top: 32,
      digits: 1,
      kind: 'line',
    }),
    latency: new Figure({
      name: `${name}-latency`,
      label: labels.latency,
      unit: 'ms',
      top: 100,
      digits: 0,
      kind: 'line',
    }),
    lost: new Figure({
      name: `${name}-lost`,
      label: labels.lost,
      unit: 'pictures/s',
      top: 5,
      digits: 0,
      kind: 'bars',
    }),
  };
  into.append(figures.fps.element, figures.latency.element, figures.lost.element);
  return figures;
}
