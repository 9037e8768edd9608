import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { startLiveKitServer } from 'framewire/server';
import { type Color, colorDistance, frequencyOf } from 'framewire/testing';
import { decodeAudio, probe } from '../support/ffmpeg.js';
import { gone, runs } from '../support/processes.js';
import { SoundServer } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';

// What `npm run demo` runs, once it's built.
const CLI = resolve('dist/cli/main.js');

/** What the agent writes its label on. */
const AGENTS_RED: Color = [150, 20, 0];

jest.setTimeout(60_000);

interface Hop {
  readonly fps: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly received: number;
  readonly delivered: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly missing: number;
  readonly dropPercent: number;
  readonly bitrateBps: number;
  readonly eventLoopLagMs: number;
  readonly cpuPercent: number;
}

interface Summary {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly seconds: number;
  readonly node: string;
  readonly server: { readonly url: string; readonly version: string | null };
  readonly hops: Readonly<Record<string, Hop>>;
  readonly verified: Readonly<Record<string, boolean | null>>;
  readonly page: string | null;
}

const running: ChildProcess[] = [];

/** Starts the command as a shell would. */
function framewire(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

/** Runs the command to its end. */
async function run(args: readonly string[], env?: NodeJS.ProcessEnv) {
  const child = framewire(args, env);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code };
}

/** Resolves at the first line of the command's that fits. */
async function line(child: ChildProcess, pattern: RegExp): Promise<string> {
  const lines = createInterface({ input: child.stderr! });
  for await (const one of lines) if (pattern.test(one)) return one;
  throw new Error(`The command ended without a line of ${String(pattern)}.`);
}

/** The processes whose ancestor is `pid`, by what Linux says of each. */
async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found: number[] = [];
  const isBelow = (one: number): boolean => {
    const parent = parents.get(one);
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  for (const one of parents.keys()) if (isBelow(one)) found.push(one);
  return found;
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

describe('framewire demo', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'framewire-demo-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('shows that pictures and sound come all the way, in a summary and a snapshot', async () => {
    const file = join(folder, 'far-end.png');
    const { stdout, stderr, code } = await run([
      'demo',
      '--seconds',
      '4',
      '--json',
      '--snapshot',
      file,
    ]);

    const summary = JSON.parse(stdout) as Summary;
    expect({ code, problems: summary.problems, stderr }).toMatchObject({ code: 0, problems: [] });
    expect(summary.ok).toBe(true);
    expect(summary.node).toBe(process.version);
    expect(summary.page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(stderr).toContain(`the page is at ${summary.page}\n`);
    expect(summary.server.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(summary.seconds).toBeGreaterThan(3);
    expect(summary.verified).toEqual({
      processedPicture: true,
      originalPicture: true,
      tone: true,
    });
    expect(Object.keys(summary.hops)).toEqual([
      'painter -> agent',
      'agent -> viewer',
      'painter -> viewer',
    ]);
    for (const hop of Object.values(summary.hops)) {
      expect(hop.fps).toBeGreaterThan(0);
      expect(hop.delivered).toBeGreaterThan(0);
      // One that was received before the measuring began may be delivered after that.
      expect(hop.received).toBeGreaterThanOrEqual(hop.delivered - 1);
      expect(hop.latencyMs.p95).toBeGreaterThanOrEqual(hop.latencyMs.p50);
      expect(Object.keys(hop.dropped)).toEqual(['full', 'rate', 'late', 'closed']);
      expect(hop.bitrateBps).toBeGreaterThan(10_000);
      expect(hop.cpuPercent).toBeGreaterThan(0);
      for (const name of ['missing', 'dropPercent', 'eventLoopLagMs'] as const) {
        expect(hop[name]).toBeGreaterThanOrEqual(0);
      }
    }
    expect(colorDistance(await labelBar(file), AGENTS_RED)).toBeLessThan(30);
  });

  it('uses a server that is told by name, and not the one of the environment', async () => {
    await using server = await startLiveKitServer();
    const { url, apiKey, apiSecret } = server;
    const access = ['--url', url, '--api-key', apiKey, '--api-secret', apiSecret];
    const args = ['demo', '--seconds', '1', '--json', '--no-page', ...access];
    const { stdout, stderr, code } = await run(args, { LIVEKIT_URL: 'ws://127.0.0.1:1' });
    const { server: used, page } = JSON.parse(stdout) as Summary;
    expect({ code, used, page }).toEqual({ code: 0, used: { url, version: null }, page: null });
    expect(stderr).not.toContain('page');
  });

  it('has its page at the port that is asked for, or says why not', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = `${(taken.address() as AddressInfo).port}`;
    const refused = await run(['demo', '--page-port', port]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`--page-port ${port} is already in use`);
    taken.close();
    await once(taken, 'close');
    const child = framewire(['demo', '--page-port', port]);
    await line(child, new RegExp(`the page is at http://127.0.0.1:${port}/`));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  it('says what is wrong when a server refuses the key', async () => {
    await using server = await startLiveKitServer();
    const access = ['--url', server.url, '--api-key', 'unknown', '--api-secret', 'x'.repeat(32)];
    const { stdout, stderr, code } = await run(['demo', '--seconds', '1', '--json', ...access]);
    expect(code).toBe(1);
    // A summary all the same, for whoever reads stdout.
    const problem: unknown = expect.stringMatching(/^The \w+ failed: .+/);
    expect(JSON.parse(stdout)).toEqual({ ok: false, problems: [problem] });
    expect(stderr).toMatch(/framewire demo: The \w+ failed: .+/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    [['--seconds', '0'], /--seconds.*positive number/],
    [['--seconds', '-3'], /--seconds.*positive number/],
    [['--seconds', 'soon'], /--seconds.*positive number/],
    [['--seconds', 'Infinity'], /--seconds.*positive number/],
    [['--url', 'ws://127.0.0.1:7880'], /give all three, or none/],
    [['--api-key', 'key', '--api-secret', 'secret'], /give all three, or none/],
    [['--url', 'nowhere', '--api-key', 'a', '--api-secret', 'b'], /--url.*ws:/],
    [['--snapshot', 'picture.jpg'], /--snapshot.*\.png/],
    [['--record', 'talk.avi'], /--record.*\.mp4, \.webm or \.mkv/],
    [['--camera', ''], /--camera.*must not be empty/],
    [['--page-port', '70000'], /--page-port.*1 to 65535/],
    [['--page-port', '8080', '--no-page'], /--page-port and --no-page exclude each other/],
    [['--snapshot', join('no', 'such', 'folder', 'picture.png')], /--snapshot.*can't be written/],
    [['--frames', '3'], /unknown option '--frames'/],
    [['extra'], /too many arguments/],
  ])('refuses %j before it starts anything', async (args, message) => {
    const { stdout, stderr, code } = await run(['demo', ...args]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(message);
  });

  it('leaves no file behind where it checks that a snapshot can be written', async () => {
    const file = join(folder, 'never.png');
    await run(['demo', '--snapshot', file, '--url', 'ws://127.0.0.1:1']);
    expect(existsSync(file)).toBe(false);
  });

  it('explains its fields in its help', async () => {
    const { stdout, code } = await run(['demo', '--help']);
    expect(code).toBe(0);
    for (const name of [
      '--snapshot',
      '--page-port',
      'latencyMs',
      'missing',
      'eventLoopLagMs',
      'Exit code',
    ]) {
      expect(stdout).toContain(name);
    }
  });

  it('ends all of its processes at Ctrl-C', async () => {
    const child = framewire(['demo']);
    await line(child, /painter -> agent/);
    const processes = await descendantsOf(child.pid!);
    expect(processes.length).toBeGreaterThanOrEqual(3);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(processes.filter(runs)).toEqual([]);
  });

  it('takes its processes along when it is killed', async () => {
    const child = framewire(['demo']);
    await line(child, /painter -> agent/);
    const processes = await descendantsOf(child.pid!);
    child.kill('SIGKILL');
    await Promise.all(processes.map(gone));
    expect(processes.length).toBeGreaterThanOrEqual(3);
  });

  it('fails when one of its processes dies', async () => {
    const child = framewire(['demo']);
    await line(child, /painter -> agent/);
    const processes = await descendantsOf(child.pid!);
    const commands = await Promise.all(
      processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    process.kill(
      processes[commands.findIndex((command) => command.endsWith('agent\0'))]!,
      'SIGKILL',
    );
    const error = line(child, /^framewire demo: The agent's process ended: SIGKILL\.$/);
    const [[code]] = await Promise.all([once(child, 'exit') as Promise<[number | null]>, error]);
    expect(code).toBe(1);
    expect(processes.filter(runs)).toEqual([]);
  });
});

describeWith(['ffmpeg', 'ffprobe', 'pulseaudio'], 'framewire demo with devices', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'framewire-demo-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('shows a camera and a microphone, records the far end, and says what it could not prove', async () => {
    const file = join(folder, 'far-end.mp4');
    await using sound = await SoundServer.start();
    await sound.playTone(600);
    const devices = ['--camera', 'lavfi:color=c=blue:size=1280x720:rate=30', '--mic'];
    const { stdout, stderr, code } = await run(
      ['demo', '--seconds', '1', '--json', '--no-page', '--record', file, ...devices],
      { PULSE_SERVER: sound.address },
    );
    const { problems, verified, recording, checks } = JSON.parse(stdout) as Summary & {
      readonly recording: { readonly path: string; readonly seconds: number };
      readonly checks: Readonly<Record<string, unknown>>;
    };
    expect({ code, problems, stderr }).toMatchObject({ code: 0, problems: [] });
    expect(verified).toEqual({ processedPicture: true, originalPicture: null, tone: null });
    expect(checks['originalPictures']).toMatchObject({ proven: null });
    expect(checks['tone']).toMatchObject({ proven: null });
    expect(recording).toEqual({ path: file, seconds: expect.any(Number) as number });
    const { video, audio } = await probe(file);
    expect(video).toMatchObject({ width: 1280, height: 720 });
    expect(audio).toBeDefined();
    // What the microphone heard is what was recorded at the far end; a busy machine has gaps in it.
    const samples = await decodeAudio(file);
    const pitches = Array.from({ length: Math.floor(samples.length / 4_800) }, (_, i) =>
      frequencyOf(samples.subarray(i * 4_800, (i + 1) * 4_800), 48_000),
    );
    expect(pitches.filter((hz) => Math.abs(hz / 600 - 1) < 0.03).length).toBeGreaterThan(5);
  });

  it('says in a line that there is no such camera, and fails', async () => {
    const args = ['--no-page', '--seconds', '1', '--camera', '/dev/no-such-camera'];
    const { stderr, code } = await run(['demo', ...args]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^framewire demo: The painter failed: .*no-such-camera.*\n$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('framewire server', () => {
  it('says where it is, and ends at Ctrl-C', async () => {
    const child = framewire(['server', '--json']);
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
    const { url, apiKey } = JSON.parse(chunk.toString()) as Record<string, string>;
    expect(apiKey).toBe('devkey');
    const answer = await fetch(url!.replace('ws:', 'http:'));
    expect(await answer.text()).toBe('OK');
    const processes = await descendantsOf(child.pid!);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(processes.filter(runs)).toEqual([]);
  });

  it.each([
    [['--port', '0'], /--port.*1 to 65535/],
    [['--api-key', 'mine'], /give both, or none/],
    [['--api-key', 'mine', '--api-secret', 'short'], /at least 32 characters/],
  ])('refuses %j', async (args, message) => {
    const { stderr, code } = await run(['server', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

/** The mean colour of the edge of the bar that the agent writes its label on. */
async function labelBar(file: string): Promise<Color> {
  const image = await loadImage(file);
  // On a busy machine the encoder may send a smaller picture, of the same shape.
  expect(image.width / image.height).toBeCloseTo(16 / 9, 2);
  const context = createCanvas(1280, 720).getContext('2d');
  context.drawImage(image, 0, 0, 1280, 720);
  const { data } = context.getImageData(830, 34, 400, 4);
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    for (const channel of [0, 1, 2] as const)
      sums[channel] += data[i + channel]! / (data.length / 4);
  }
  return sums;
}
