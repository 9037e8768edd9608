import { randomBytes } from 'node:crypto';
import { AccessToken } from '../../room/access-token.js';
import { type LiveKitServer, startLiveKitServer } from '../../server/livekit-server.js';
import { EXIT } from '../exit-code.js';
import { Interrupt } from '../interrupt.js';
import { LiveView } from './live-view.js';
import { HOPS, type RoleName, ROLES } from './protocol.js';
import { RoleProcess } from './role-process.js';
import { type DemoSummary, summarize } from './summary.js';
import { type FiguresByRole, hopLine, hopTable, painterFor } from './table.js';

/** A server of the user's. */
export interface ServerAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** How {@link runDemo} runs. All of it is checked. */
export interface DemoOptions {
  /** The file of the `framewire` command, which the demo forks. */
  readonly cli: string;
  /** Default: a local server is started. */
  readonly server: ServerAccess | undefined;
  /** How long to measure. Default: until Ctrl-C. */
  readonly seconds: number | undefined;
  readonly json: boolean;
  /** Where to save the picture that the viewer saw last. */
  readonly snapshot: string | undefined;
}

/**
 * Encoders begin with a guess of what the network carries, and code is slow until it's compiled: what
 * happens before this is over is not counted.
 */
const WARM_UP_MS = 3_000;
/** How long the first picture may take, from the start of the processes. */
const FIRST_PICTURE_TIMEOUT_MS = 30_000;
const LINE_EVERY_MS = 2_000;

/** Runs the demo to its end and returns the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const processes: RoleProcess[] = [];
  using interrupt = new Interrupt(() => {
    for (const one of processes) one.kill();
    // The server goes with its owner.
    process.exit(EXIT.interrupted);
  });
  let server: LiveKitServer | undefined;
  let summary: DemoSummary | undefined;
  const screen = new Screen(options);
  try {
    if (!options.server) {
      screen.note('starting a local LiveKit server');
      server = await startLiveKitServer({ signal: interrupt.signal });
    }
    const run = new Run({ options, server, processes, screen, signal: interrupt.signal });
    summary = await run.toEnd();
  } catch (error) {
    if (!interrupt.signal.aborted) {
      screen.clear();
      const problem = error instanceof Error ? error.message : String(error);
      process.stderr.write(`framewire demo: ${problem}\n`);
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ ok: false, problems: [problem] }, null, 2)}\n`);
      }
      return EXIT.failed;
    }
  } finally {
    screen.clear();
    if (interrupt.signal.aborted) screen.note('leaving');
    await Promise.all(processes.map((one) => one.stop()));
    await server?.close();
  }
  if (summary) screen.summary(summary);
  if (interrupt.signal.aborted) {
    return options.seconds === undefined ? EXIT.ok : EXIT.interrupted;
  }
  return summary?.ok === true ? EXIT.ok : EXIT.failed;
}

/** One run, once there is a server. */
class Run {
  readonly #options: DemoOptions;
  readonly #access: ServerAccess;
  readonly #server: LiveKitServer | undefined;
  readonly #processes: RoleProcess[];
  readonly #screen: Screen;
  readonly #signal: AbortSignal;
  readonly #problems: string[] = [];
  #onFigures: () => void = () => undefined;
  #measuringSinceMs: number | undefined;

  constructor(init: {
    readonly options: DemoOptions;
    readonly server: LiveKitServer | undefined;
    /** Gets the processes that are started: they're the caller's to stop. */
    readonly processes: RoleProcess[];
    readonly screen: Screen;
    readonly signal: AbortSignal;
  }) {
    const { options, server, signal } = init;
    const access = options.server ?? server;
    if (!access) throw new Error('There is no server.');
    this.#options = options;
    this.#access = access;
    this.#server = server;
    this.#processes = init.processes;
    this.#screen = init.screen;
    this.#signal = signal;
  }

  /** Returns `undefined` if Ctrl-C came before there was anything to measure. */
  async toEnd(): Promise<DemoSummary | undefined> {
    const { seconds, snapshot } = this.#options;
    const room = `framewire-demo-${randomBytes(4).toString('hex')}`;
    this.#screen.title = `framewire demo: 1280x720 at 30 fps through ${this.#access.url}, room ${room}`;
    for (const name of ROLES) {
      this.#processes.push(
        new RoleProcess(name, this.#options.cli, () => {
          this.#onFigures();
        }),
      );
    }
    await this.#unlessFailed(this.#begin(room));
    if (await this.#flowing()) {
      await this.#wait(WARM_UP_MS);
      for (const one of this.#processes) one.send({ type: 'measure' });
      if (!this.#signal.aborted) this.#measuringSinceMs = performance.now();
      await this.#wait(seconds === undefined ? Infinity : seconds * 1000);
    }
    if (this.#signal.aborted && this.#measuringSinceMs === undefined) return undefined;
    const answers = await this.#unlessFailed(
      Promise.all(this.#processes.map((one) => one.finish(snapshot))),
    );
    const viewer = answers[ROLES.indexOf('viewer')];
    if (snapshot !== undefined && viewer?.snapshot === undefined) {
      const why = viewer?.snapshotError ?? 'the viewer did not answer';
      this.#problems.push(`The snapshot could not be saved: ${why}.`);
    }
    return summarize({
      figures: this.#figures('total'),
      warmUpSeconds: WARM_UP_MS / 1000,
      server: { url: this.#access.url, version: versionOf(this.#server) },
      snapshot: viewer?.snapshot,
      problems: this.#problems,
    });
  }

  async #begin(room: string): Promise<void> {
    const { url, apiKey, apiSecret } = this.#access;
    await Promise.all(
      this.#processes.map(async (one) => {
        const token = new AccessToken(apiKey, apiSecret, { identity: one.name });
        token.addGrant({ roomJoin: true, room });
        one.send({ type: 'start', url, token: await token.toJwt() });
      }),
    );
  }

  /** Whether pictures came over every hop, in time. */
  async #flowing(): Promise<boolean> {
    const came = new AbortController();
    this.#onFigures = () => {
      this.#show();
      const { agent, viewer } = this.#figures('total');
      const hops = Object.values({ ...agent?.hops, ...viewer?.hops });
      if (hops.filter(({ delivered }) => delivered > 0).length === HOPS.length) came.abort();
    };
    await this.#wait(FIRST_PICTURE_TIMEOUT_MS, came.signal);
    return came.signal.aborted;
  }

  /** Waits for a time, but no longer than until Ctrl-C, or what else says that it's enough. */
  async #wait(ms: number, ...enough: readonly AbortSignal[]): Promise<void> {
    const over = new AbortController();
    const ended = AbortSignal.any([this.#signal, over.signal, ...enough]);
    try {
      await this.#unlessFailed(delay(ms, ended));
    } finally {
      over.abort();
    }
  }

  #show(): void {
    const sinceMs = this.#measuringSinceMs;
    const elapsed = sinceMs === undefined ? undefined : (performance.now() - sinceMs) / 1000;
    this.#screen.figures(this.#figures('recent'), elapsed);
  }

  #figures(which: 'recent' | 'total'): FiguresByRole {
    const figures: Partial<Record<RoleName, NonNullable<RoleProcess['total']>>> = {};
    for (const one of this.#processes) {
      const its = one[which];
      if (its) figures[one.name] = its;
    }
    return figures;
  }

  #unlessFailed<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, ...this.#processes.map((one) => one.failed), this.#serverEnded()]);
  }

  async #serverEnded(): Promise<never> {
    const server = this.#server;
    if (!server) return new Promise(() => undefined);
    const { code, signal } = await server.closed;
    throw new Error(`The LiveKit server ended: ${signal ?? `exit code ${code}`}.`);
  }
}

/** What the user sees of a run. */
class Screen {
  title = '';
  readonly #json: boolean;
  readonly #live: LiveView | undefined;
  #nextLineMs = 0;

  constructor({ json }: DemoOptions) {
    this.#json = json;
    const { stdout } = process;
    if (!json && stdout.isTTY && process.env['TERM'] !== 'dumb') this.#live = new LiveView(stdout);
  }

  note(text: string): void {
    if (!this.#live) process.stderr.write(`framewire demo: ${text}\n`);
    else this.#live.draw([text]);
  }

  figures(figures: FiguresByRole, elapsedSeconds: number | undefined): void {
    const since = elapsedSeconds === undefined ? 'warming up' : `${elapsedSeconds.toFixed(0)} s`;
    if (this.#live) {
      const paint = painterFor(process.stdout);
      this.#live.draw([
        paint('bold', this.title),
        paint('dim', `${since}; Ctrl-C ends it`),
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

  clear(): void {
    this.#live?.clear();
  }

  summary(summary: DemoSummary): void {
    this.clear();
    if (this.#json) {
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      return;
    }
    const paint = painterFor(process.stdout);
    const { seconds, warmUpSeconds, ok, problems, snapshot, server, node } = summary;
    const lines = [
      paint('bold', this.title),
      `measured for ${seconds} s, after ${warmUpSeconds} s of warm-up; Node ${node}, server ${server.version ?? 'of unknown version'}`,
      '',
      ...hopTable(figuresOf(summary), paint),
      '',
      ...problems.map((problem) => paint('red', problem)),
      ...(snapshot === null ? [] : [`The viewer's picture is in ${snapshot}.`]),
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

/** The server names its version only in its log. */
function versionOf(server: LiveKitServer | undefined): string | null {
  for (const line of server?.logs ?? []) {
    const version = /starting LiveKit server.*"version": ?"([^"]+)"/.exec(line)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

/** Resolves after a time, or never if it's infinite; and when `signal` aborts. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = ms === Infinity ? undefined : setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
