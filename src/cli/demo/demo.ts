import { randomBytes } from 'node:crypto';
import { messageOf } from '../../core/errors.js';
import { AccessToken } from '../../room/access-token.js';
import { type LiveKitServer, startLiveKitServer } from '../../server/livekit-server.js';
import { checkPortFree } from '../../server/ports.js';
import { EXIT } from '../exit-code.js';
import { Interrupt } from '../interrupt.js';
import type { PageServer } from './page/page-server.js';
import { type DemoInputs, HOPS, type RoleName, ROLES } from './protocol.js';
import { RoleProcess } from './role-process.js';
import { Screen } from './screen.js';
import { type DemoSummary, summarize } from './summary.js';
import type { FiguresByRole } from './table.js';

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
  /** The devices that the painter publishes. */
  readonly inputs: DemoInputs;
  readonly json: boolean;
  /** Where to save the picture that the viewer saw last. */
  readonly snapshot: string | undefined;
  /** Where to record what the viewer sees and hears of the agent. */
  readonly record: string | undefined;
  /** The page for people; `port` is a free one by default. Default: there is none. */
  readonly page: { readonly port: number | undefined } | undefined;
}

/**
 * Encoders begin with a guess of what the network carries, and code is slow until it's compiled: what
 * happens before this is over is not counted.
 */
const WARM_UP_MS = 3_000;
/** How long the first picture may take, from the start of the processes. */
const FIRST_PICTURE_TIMEOUT_MS = 30_000;

/** Runs the demo to its end and returns the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const processes: RoleProcess[] = [];
  using interrupt = new Interrupt(() => {
    for (const one of processes) one.kill();
    // The server goes with its owner.
    process.exit(EXIT.interrupted);
  });
  let server: LiveKitServer | undefined;
  let page: PageServer | undefined;
  let summary: DemoSummary | undefined;
  const screen = new Screen(options);
  const room = `framewire-demo-${randomBytes(4).toString('hex')}`;
  try {
    if (options.page?.port !== undefined) await checkPortFree(options.page.port, '--page-port');
    if (!options.server) {
      screen.note('starting a local LiveKit server');
      server = await startLiveKitServer({ signal: interrupt.signal });
    }
    const access = options.server ?? server;
    if (!access) throw new Error('There is no server.');
    if (options.page) {
      const { openDemoPage } = await import('./page/demo-page.js');
      page = await openDemoPage({ cli: options.cli, ...options.page, room, server: access });
      screen.page = page.url;
      screen.note(`the page is at ${page.url}`);
    }
    const { signal } = interrupt;
    const run = new Run({ options, room, access, server, page, processes, screen, signal });
    summary = await run.toEnd();
  } catch (error) {
    if (!interrupt.signal.aborted) {
      screen.clear();
      const problem = messageOf(error);
      process.stderr.write(`framewire demo: ${problem}\n`);
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ ok: false, problems: [problem] }, null, 2)}\n`);
      }
      return EXIT.failed;
    }
  } finally {
    screen.clear();
    if (interrupt.signal.aborted) screen.note('leaving');
    await Promise.all([page?.close(), ...processes.map((one) => one.stop())]);
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
  readonly #room: string;
  readonly #access: ServerAccess;
  readonly #server: LiveKitServer | undefined;
  readonly #page: PageServer | undefined;
  readonly #processes: RoleProcess[];
  readonly #screen: Screen;
  readonly #signal: AbortSignal;
  readonly #problems: string[] = [];
  #onFigures: (role: RoleName) => void = () => undefined;
  #measuringSinceMs: number | undefined;

  constructor(init: {
    readonly options: DemoOptions;
    readonly room: string;
    readonly access: ServerAccess;
    /** The server, if it's ours. */
    readonly server: LiveKitServer | undefined;
    readonly page: PageServer | undefined;
    /** Gets the processes that are started: they're the caller's to stop. */
    readonly processes: RoleProcess[];
    readonly screen: Screen;
    readonly signal: AbortSignal;
  }) {
    this.#options = init.options;
    this.#room = init.room;
    this.#access = init.access;
    this.#server = init.server;
    this.#page = init.page;
    this.#processes = init.processes;
    this.#screen = init.screen;
    this.#signal = init.signal;
  }

  /** Returns `undefined` if Ctrl-C came before there was anything to measure. */
  async toEnd(): Promise<DemoSummary | undefined> {
    const { seconds, snapshot, record } = this.#options;
    const { camera, mic } = this.#options.inputs;
    const shown = camera ? 'a camera' : '1280x720 at 30 fps';
    const heard = mic ? ' and a microphone' : '';
    this.#screen.title = `framewire demo: ${shown}${heard} through ${this.#access.url}, room ${this.#room}`;
    for (const name of ROLES) {
      this.#processes.push(
        new RoleProcess(name, this.#options.cli, () => {
          this.#onFigures(name);
        }),
      );
    }
    await this.#unlessFailed(this.#begin());
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
    if (record !== undefined && viewer?.recording === undefined) {
      const why = viewer?.recordingError ?? 'the viewer did not answer';
      this.#problems.push(`The recording could not be finished: ${why}`);
    }
    return summarize({
      figures: this.#figures('total'),
      inputs: this.#options.inputs,
      warmUpSeconds: WARM_UP_MS / 1000,
      server: { url: this.#access.url, version: versionOf(this.#server) },
      snapshot: viewer?.snapshot,
      recording: viewer?.recording,
      page: this.#page?.url,
      problems: this.#problems,
    });
  }

  async #begin(): Promise<void> {
    const room = this.#room;
    const { url, apiKey, apiSecret } = this.#access;
    await Promise.all(
      this.#processes.map(async (one) => {
        const token = new AccessToken(apiKey, apiSecret, { identity: one.name });
        token.addGrant({ roomJoin: true, room });
        one.send({
          type: 'start',
          url,
          token: await token.toJwt(),
          inputs: this.#options.inputs,
          record: this.#options.record,
        });
      }),
    );
  }

  /** Whether pictures came over every hop, in time. */
  async #flowing(): Promise<boolean> {
    const came = new AbortController();
    this.#onFigures = (role) => {
      this.#show(role);
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

  #show(role: RoleName): void {
    const sinceMs = this.#measuringSinceMs;
    const elapsed = sinceMs === undefined ? undefined : (performance.now() - sinceMs) / 1000;
    const recent = this.#figures('recent');
    this.#screen.figures(recent, elapsed);
    const figures = recent[role];
    if (figures) this.#page?.tell({ room: this.#room, role, figures, seconds: elapsed ?? null });
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
