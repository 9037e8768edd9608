import { LiveView } from './live-view.js';
import type { RoleName } from './protocol.js';
import type { DemoSummary } from './summary.js';
import { type FiguresByRole, hopLine, hopTable, painterFor } from './table.js';

const LINE_EVERY_MS = 2_000;

/** What the user sees of a run. */
export class Screen {
  /** What is shown above everything else. */
  title = '';
  /** Where the page is, if there is one. */
  page: string | undefined;
  readonly #json: boolean;
  readonly #live: LiveView | undefined;
  #nextLineMs = 0;

  constructor({ json }: { readonly json: boolean }) {
    this.#json = json;
    const { stdout } = process;
    if (!json && stdout.isTTY && process.env['TERM'] !== 'dumb') this.#live = new LiveView(stdout);
  }

  /** Says what is going on while there are no figures. */
  note(text: string): void {
    if (!this.#live) process.stderr.write(`framewire demo: ${text}\n`);
    else this.#live.draw([text]);
  }

  /** Shows the newest figures; `elapsedSeconds` is since the warm-up was over. */
  figures(figures: FiguresByRole, elapsedSeconds: number | undefined): void {
    const since = elapsedSeconds === undefined ? 'warming up' : `${elapsedSeconds.toFixed(0)} s`;
    if (this.#live) {
      const paint = painterFor(process.stdout);
      this.#live.draw([
        paint('bold', this.title),
        paint('dim', `${since}; Ctrl-C ends it`),
        ...(this.page === undefined ? [] : [`The same for the eye: ${paint('bold', this.page)}`]),
        '',
        ...hopTable(figures, paint),
      ]);
      return;
    }
    const nowMs = performance.now();
    if (nowMs < this.#nextLineMs || elapsedSeconds === undefined) return;
    this.#nextLineMs = nowMs + LINE_EVERY_MS;
    process.stderr.write(`${hopLine(figures, elapsedSeconds)}\n`);
  }

  /** Takes away what is only for the time of the run. */
  clear(): void {
    this.#live?.clear();
  }

  /** Says what came of the run. */
  summary(summary: DemoSummary): void {
    this.clear();
    if (this.#json) {
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      return;
    }
    const paint = painterFor(process.stdout);
    const { seconds, warmUpSeconds, ok, problems, snapshot, recording, server, node } = summary;
    const lines = [
      paint('bold', this.title),
      `measured for ${seconds} s, after ${warmUpSeconds} s of warm-up; Node ${node}, server ${server.version ?? 'of unknown version'}`,
      '',
      ...hopTable(figuresOf(summary), paint),
      '',
      ...problems.map((problem) => paint('red', problem)),
      ...(snapshot === null ? [] : [`The viewer's picture is in ${snapshot}.`]),
      ...(recording === null
        ? []
        : [`${recording.seconds.toFixed(1)} s of the agent are recorded in ${recording.path}.`]),
      ...(ok ? [paint('green', 'Pictures and sound came all the way.')] : []),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** The summary's figures as the table takes them. */
function figuresOf(summary: DemoSummary): FiguresByRole {
  const { hops, processes, checks, endToEndMs, seconds } = summary;
  const idle = { eventLoopLagMs: 0, cpuPercent: 0 };
  const of = (role: RoleName, names: readonly (keyof typeof hops)[]) => ({
    load: processes[role] ?? idle,
    hops: Object.fromEntries(
      names.flatMap((name) => (hops[name] ? [[name, { seconds, ...hops[name] }]] : [])),
    ),
  });
  const { processedPictures, originalPictures, ...rest } = checks;
  return {
    painter: of('painter', []),
    agent: of('agent', ['painter -> agent']),
    viewer: {
      ...of('viewer', ['agent -> viewer', 'painter -> viewer']),
      checks: { processed: processedPictures, original: originalPictures, endToEndMs, ...rest },
    },
  };
}
