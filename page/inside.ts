import type { PageNews } from '../src/cli/demo/page/page-news.js';
import {
  type HopFigures,
  HOPS,
  type HopName,
  type RoleFigures,
  type RoleName,
  ROLES,
} from '../src/cli/demo/protocol.js';
import { byId, make } from './elements.js';
import { type WayFigures, wayFigures } from './figure.js';

const TITLES: Readonly<Record<HopName, string>> = {
  'painter -> agent': 'Painter to agent',
  'agent -> viewer': 'Agent to viewer',
  'painter -> viewer': 'Painter to viewer',
};

/** What the demo's own processes measure. */
export class Inside {
  readonly #hops = new Map<HopName, WayFigures>();
  readonly #figures = new Map<RoleName, RoleFigures>();
  readonly #processes = byId('processes', HTMLElement);

  constructor() {
    const into = byId('hops', HTMLElement);
    for (const hop of HOPS) {
      const group = make('section', 'hop');
      group.append(make('h3', '', TITLES[hop]));
      const figures = make('div', 'figures');
      group.append(figures);
      into.append(group);
      const name = hop.replace(' -> ', '-to-');
      this.#hops.set(
        hop,
        wayFigures(figures, name, { fps: 'Processed', latency: 'Latency', lost: 'Lost' }),
      );
    }
  }

  /** Shows what a process has told. */
  show({ role, figures }: PageNews): void {
    this.#figures.set(role, figures);
    for (const [hop, its] of Object.entries(figures.hops)) {
      const shown = this.#hops.get(hop as HopName);
      if (shown) showHop(shown, its);
    }
    const cpu = ROLES.flatMap((one) => {
      const load = this.#figures.get(one)?.load;
      return load ? [`${one} ${load.cpuPercent.toFixed(0)} %`] : [];
    });
    const through = this.#figures.get('viewer')?.checks?.endToEndMs;
    this.#processes.textContent = [
      ...(through ? [`Painter to viewer through the agent: ${through.p50.toFixed(0)} ms.`] : []),
      `CPU of one core: ${cpu.join(', ')}.`,
    ].join(' ');
  }
}

function showHop({ fps, latency, lost }: WayFigures, figures: HopFigures): void {
  const { latencyMs, dropped, missing, seconds } = figures;
  fps.show(figures.fps);
  latency.show(latencyMs?.p50 ?? null, latencyMs ? `p95 ${latencyMs.p95.toFixed(0)}` : '');
  const count = dropped.full + dropped.rate + dropped.late + missing;
  // Seconds are not all equally long, on a busy machine.
  lost.show(seconds > 0 ? Math.round(count / seconds) : null);
}
