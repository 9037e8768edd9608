import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { type Color, colorDistance } from 'framewire/testing';
import { SoundServer } from '../support/sound-server.js';
import { findTool, type Tool } from '../support/tools.js';
import { VirtualScreen } from '../support/xvfb.js';

const root = join(__dirname, '..', '..');
const folder = join(root, 'samples');
const samples = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const output = mkdtempSync(join(tmpdir(), 'framewire-samples-'));
const inbox = mkdtempSync(join(tmpdir(), 'framewire-inbox-'));
const recorded = mkdtempSync(join(tmpdir(), 'framewire-recorded-'));
const lapse = mkdtempSync(join(tmpdir(), 'framewire-lapse-'));

const RED: Color = [255, 0, 0];
const CYAN: Color = [0, 255, 255];

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What each sample must have said, or done, when it ran for its seconds. */
const EXPECTED: Readonly<Record<string, (stdout: string) => void | Promise<void>>> = {
  'join-and-list': (stdout) => {
    expect(stdout).toContain("Joined 'framewire-samples' as visitor.");
    expect(stdout).toContain('test-pattern');
    expect(stdout).toMatch(/video 'pattern'/);
    expect(stdout).toMatch(/audio 'tone'/);
  },
  'publish-generated-video': (stdout) => {
    expect(numberIn(stdout, /Published (\d+) frames/)).toBeGreaterThan(30);
    expect(stdout).toMatch(/audience: saw \d+ frames of 'colours', 640x360/);
    // Whichever frame was the last, green went twice and blue three times as fast as red.
    expect(distanceToGenerated(cornerIn(stdout))).toBeLessThan(30);
  },
  'publish-a-drawing': (stdout) => {
    expect(stdout).toMatch(/audience: saw \d+ frames of 'drawing', 640x360/);
    expect(colorDistance(cornerIn(stdout), [20, 40, 120])).toBeLessThan(30);
  },
  'publish-a-wav': (stdout) => {
    expect(stdout).toContain('2.0 s, 2 channels, 44100 Hz');
    expect(stdout).toContain('Played to the end.');
    expect(numberIn(stdout, /heard ([\d.]+) s/)).toBeGreaterThan(1);
    expect(Math.abs(numberIn(stdout, /mostly at (\d+) Hz/) - 660)).toBeLessThan(15);
  },
  'clean-and-mix': (stdout) => {
    expect(stdout).toContain('test-pattern is in the mix.');
    const wentIn = numberIn(stdout, /(\S+) dBFS went in/);
    // A steady tone is noise.
    expect(numberIn(stdout, /(\S+) dBFS came out/)).toBeLessThan(wentIn - 3);
    expect(stdout).toMatch(/audience: heard [\d.]+ s of 'mix'/);
  },
  'receive-and-save-pngs': async () => {
    const files = readdirSync(output).sort();
    expect(files).toEqual(['frame-1.png', 'frame-2.png', 'frame-3.png']);
    for (const file of files) {
      const image = await loadImage(readFileSync(join(output, file)));
      const { width, height } = image;
      expect({ width, height }).toEqual({ width: 640, height: 360 });
      const context = createCanvas(width, height).getContext('2d');
      context.drawImage(image, 0, 0);
      const at = (x: number, y: number): Color => {
        const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
        return [red, green, blue];
      };
      expect(colorDistance(at(60, 60), RED)).toBeLessThan(30);
      expect(colorDistance(at(580, 60), [0, 255, 0])).toBeLessThan(30);
      expect(colorDistance(at(60, 300), [0, 0, 255])).toBeLessThan(30);
      expect(colorDistance(at(580, 300), [255, 255, 255])).toBeLessThan(30);
    }
  },
  'process-and-republish': (stdout) => {
    expect(numberIn(stdout, /Processed (\d+) frames/)).toBeGreaterThan(10);
    expect(stdout).toMatch(/audience: saw \d+ frames of 'inverted', 640x360/);
    expect(colorDistance(cornerIn(stdout), CYAN)).toBeLessThan(30);
  },
  'capture-at-a-given-fps': (stdout) => {
    const captured = numberIn(stdout, /Captured (\d+) frames/);
    const skipped = numberIn(stdout, /frames, skipped (\d+)/);
    expect(skipped).toBeGreaterThan(0);
    expect(captured).toBeGreaterThan(20);
    expect(stdout).toMatch(/audience: saw \d+ frames of 'paced', 320x180/);
  },
  'bounded-capacity-slow-consumer': (stdout) => {
    const received = numberIn(stdout, /Received (\d+)/);
    const processed = numberIn(stdout, /processed (\d+)/);
    const dropped = numberIn(stdout, /Dropped (\d+) since the queue was full/);
    expect(dropped).toBeGreaterThan(processed);
    expect(processed + dropped).toBe(received);
  },
  'format-at-the-stream': (stdout) => {
    expect(stdout).toContain('I420, 345600 bytes, planes of 640x360, 320x180, 320x180');
    for (const [format, bytes] of [
      ['RGBA', 921600],
      ['BGRA', 921600],
      ['RGB24', 691200],
      ['NV12', 345600],
    ] as const) {
      expect(stdout).toContain(`${format}: ${bytes} bytes`);
    }
    expect(colorDistance(colorIn(stdout, /RGBA: .* (\d+), (\d+), (\d+), 255/), RED)).toBeLessThan(
      30,
    );
    const blueFirst = colorIn(stdout, /BGRA: .* (\d+), (\d+), (\d+), 255/);
    expect(colorDistance(blueFirst, [0, 0, 255])).toBeLessThan(30);
  },
  'fps-tracking': (stdout) => {
    expect(stdout).toMatch(/Current rate: \d+\.\d fps/);
    // 30, unless the machine is too busy to make them.
    const fps = numberIn(stdout, /at the end ([\d.]+) fps/);
    expect(fps).toBeGreaterThan(5);
    expect(fps).toBeLessThan(40);
  },
  'drop-to-a-target-fps': (stdout) => {
    const came = numberIn(stdout, /fps option: (\d+) came/);
    const kept = numberIn(stdout, /came, (\d+) kept, /);
    const leftOut = numberIn(stdout, /(\d+) left out/);
    expect(kept + leftOut).toBeLessThanOrEqual(came);
    // One of three, of 30 frames a second; more where a busy machine makes fewer.
    expect(kept / came).toBeGreaterThan(0.2);
    expect(kept / came).toBeLessThan(0.8);
    const [, passed = 0, left = 0] = /thinFps: (\d+) came, (\d+) kept/.exec(stdout) ?? [];
    expect(Number(left) / Number(passed)).toBeGreaterThan(0.2);
    expect(Number(left) / Number(passed)).toBeLessThan(0.8);
  },
  rotation: (stdout) => {
    expect(stdout).toContain('upright false: 640x360, rotation 90');
    expect(stdout).toContain('upright true: 360x640, rotation 0');
    expect(stdout).toMatch(/audience: saw \d+ frames of 'phone camera', 360x640, rotation 0/);
    // The sensor's lower half, turned clockwise.
    expect(colorDistance(cornerIn(stdout), RED)).toBeLessThan(30);
  },
  'lip-sync': (stdout) => {
    expect(stdout).toMatch(/As they came, sound was -?[\d.]+ ms later than its picture\./);
    expect(stdout).toMatch(/On the clock, it was -?[\d.]+ ms later \(estimated\)\./);
  },
  'speaking-list': (stdout) => {
    expect(stdout).toMatch(/Speaking: (ada|ben)/);
    expect(stdout).toMatch(/(ada|ben) spoke for [\d.]+ s/);
  },
  'follow-the-active-speaker': (stdout) => {
    expect(stdout).toMatch(/On air: (ada|ben)/);
    expect(numberIn(stdout, /(?:ada|ben): (\d+) frames on air/)).toBeGreaterThan(3);
  },
  'end-to-end-encryption': (stdout) => {
    expect(stdout).toContain('Encryption with test-pattern: ok');
    expect(stdout).toContain('A picture of 640x360 came.');
    expect(stdout).toContain('Encryption with test-pattern: decryption-failed');
    expect(numberIn(stdout, /nothing came but (\d+) pictures/)).toBeLessThan(30);
  },
  'publish-microphone': (stdout) => {
    expect(stdout).toContain("Others hear 'microphone'.");
    expect(numberIn(stdout, /Sent ([\d.]+) s of sound/)).toBeGreaterThan(0.5);
  },
  'play-room-audio': (stdout) => {
    expect(stdout).toContain('test-pattern is heard.');
    expect(numberIn(stdout, /Played ([\d.]+) s/)).toBeGreaterThan(0.5);
  },
  'data-only': (stdout) => {
    expect(stdout).toContain('robot sends positions, lossy');
    expect(stdout).toContain('robot answers: speed is 3 now');
    expect(numberIn(stdout, /(\d+) positions came/)).toBeGreaterThan(10);
  },
  'rpc-server': (stdout) => {
    expect(stdout).toContain('pupil asks for 7/2');
    expect(stdout).toContain('pupil: 7/2 is 3.5');
    expect(stdout).toContain('pupil: 1/0 failed: division by zero (1)');
  },
  'rpc-client': (stdout) => {
    expect(stdout).toContain('divide 7/2: 3.5');
    expect(stdout).toContain('divide 1/0: application 1, division by zero');
    expect(stdout).toContain('multiply 2*3: unsupported-method 1400');
  },
  'chat-bot': (stdout) => {
    expect(stdout).toContain('visitor reads: Hello, visitor! Ask me for the time.');
    expect(stdout).toMatch(/visitor reads: It is \d\d:\d\d UTC\./);
  },
  'send-a-file': (stdout) => {
    const file = readFileSync(join(root, 'package-lock.json'));
    const hash = createHash('sha256').update(file).digest('hex');
    expect(stdout).toContain('100 % sent');
    expect(stdout).toContain(`Receipt: ${file.byteLength} bytes, sha256 ${hash}`);
  },
  'receive-files': (stdout) => {
    expect(stdout).toContain('postman sent "letter.txt", 17 bytes: letter.txt');
    expect(stdout).toContain('postman sent "../../notes.txt", 17 bytes: notes.txt');
    expect(stdout).toContain('postman: receipt for 17 bytes');
    expect(readdirSync(inbox).sort()).toEqual(['letter.txt', 'notes.txt']);
  },
  'publish-camera': (stdout) => {
    expect(numberIn(stdout, /Captured (\d+) pictures/)).toBeGreaterThan(10);
    expect(stdout).toMatch(/audience: saw \d+ frames of 'camera', 640x360/);
    expect(colorDistance(cornerIn(stdout), [191, 191, 191])).toBeLessThan(30);
  },
  'publish-file': (stdout) => {
    expect(stdout).toContain('Playing 2.0 s: pictures of 640x360, sound.');
    expect(numberIn(stdout, /Sent (\d+) pictures/)).toBeGreaterThan(25);
    expect(stdout).toMatch(/audience: saw \d+ frames of 'video', 640x360/);
    expect(colorDistance(cornerIn(stdout), [191, 191, 191])).toBeLessThan(30);
    expect(Math.abs(numberIn(stdout, /mostly at (\d+) Hz/) - 550)).toBeLessThan(15);
  },
  'publish-screen': (stdout) => {
    expect(stdout).toContain("Publishing a screen of 320x240 as 'screen_share'.");
    expect(numberIn(stdout, /Captured (\d+) pictures/)).toBeGreaterThan(5);
    expect(stdout).toMatch(/audience: saw \d+ frames of 'screen', 320x240/);
    expect(colorDistance(cornerIn(stdout), [0, 160, 40])).toBeLessThan(30);
  },
  'record-room': (stdout) => {
    expect(stdout).toContain('Recording ada-camera.mp4');
    expect(stdout).toMatch(/ben-microphone\.mp4: from [\d.]+ s on, [\d.]+ s, stopped/);
    expect(stdout).toContain(`What is whose: ${join(recorded, 'manifest.json')}`);
    expect(readdirSync(recorded).sort()).toEqual([
      'ada-camera.mp4',
      'ada-microphone.mp4',
      'ben-camera.mp4',
      'ben-microphone.mp4',
      'manifest.json',
    ]);
  },
  'time-lapse': (stdout) => {
    const written = numberIn(stdout, /(\d+) pictures in/);
    expect(written).toBeGreaterThan(2);
    const seconds = numberIn(stdout, /time-lapse\.mp4: ([\d.]+) s, 640x360/);
    expect(Math.abs(seconds - written / 10)).toBeLessThan(0.11);
    expect(readdirSync(lapse)).toHaveLength(written + 1);
  },
  'quality-switcher': (stdout) => {
    expect(stdout).toMatch(/320x180 comes, 'low' is asked for/);
    expect(stdout).toMatch(/1280x720 comes, 'high' is asked for/);
  },
};

/** Those that take longer than 3: the server tells up to 3 seconds late of who publishes nothing. */
const SECONDS: Readonly<Partial<Record<string, number>>> = {
  'rpc-server': 8,
  // Noise is learned in a second or two.
  'clean-and-mix': 6,
  // The buffers of a stream that begins come to rest first.
  'lip-sync': 8,
  'chat-bot': 8,
  'receive-files': 8,
  // A large picture comes once the server finds that there is room for it.
  'quality-switcher': 20,
  // It ends when it has its receipt.
  'send-a-file': 30,
};

function secondsOf(name: string): number {
  return SECONDS[name] ?? 3;
}

const WITHOUT_FRAMES: ReadonlySet<string> = new Set([
  'chat-bot',
  'data-only',
  'receive-files',
  'rpc-client',
  'rpc-server',
  'send-a-file',
]);

/** Options of a sample's own. */
const OWN_OPTIONS: Readonly<Partial<Record<string, readonly string[]>>> = {
  'drop-to-a-target-fps': ['--fps', '10'],
  'publish-camera': ['--test-pattern'],
  // Without an end, what is seen doesn't depend on how soon the audience is there.
  'publish-file': ['--loop'],
  'receive-and-save-pngs': ['--out', output],
  'receive-files': ['--out', inbox],
  'record-room': ['--out', recorded],
  'time-lapse': ['--out', lapse],
};

/** What a sample needs of the machine. */
const NEEDS: Readonly<Partial<Record<string, readonly Tool[]>>> = {
  'publish-file': ['ffmpeg'],
  'publish-screen': ['ffmpeg', 'xvfb'],
  'publish-microphone': ['ffmpeg', 'pulseaudio'],
  'play-room-audio': ['ffmpeg', 'pulseaudio'],
  'record-room': ['ffmpeg'],
  'time-lapse': ['ffmpeg'],
};

/** Those that can be run here: in CI all of them have to. */
const runnable = samples.filter(
  (name) => process.env['CI'] || (NEEDS[name] ?? []).every((tool) => findTool(tool)),
);

let screen: VirtualScreen | undefined;
let sound: SoundServer | undefined;

/** Where the sound server is. The rest of its environment would hide the user's home from the samples. */
function soundEnv(): NodeJS.ProcessEnv {
  return sound ? { PULSE_SERVER: sound.address } : {};
}

const running = new Set<ChildProcess>();

/** Starts a sample as a user does. A server that the environment names must not be used. */
function start(args: readonly string[]): { child: ChildProcess; result: Promise<Result> } {
  const child = spawn(process.execPath, [join(root, 'scripts', 'sample.mjs'), ...args], {
    env: { ...process.env, LIVEKIT_URL: 'ws://127.0.0.1:1', ...screen?.env, ...soundEnv() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const result = once(child, 'close').then((values) => {
    running.delete(child);
    return { code: values[0] as number | null, stdout, stderr };
  });
  return { child, result };
}

const results = new Map<string, Promise<Result>>();

/** Samples that run one after the other, and about how long they take. */
class Lane {
  seconds = 0;
  #last: Promise<unknown> = Promise.resolve();

  add(name: string): void {
    const seconds = secondsOf(name);
    const args = [name, '--seconds', String(seconds), ...(OWN_OPTIONS[name] ?? [])];
    const result = this.#last.then(() => start(args).result);
    this.#last = result;
    this.seconds += seconds;
    results.set(name, result);
  }
}

beforeAll(async () => {
  if (findTool('xvfb')) {
    screen = await VirtualScreen.start();
    await screen.draw([{ x: 0, y: 0, width: 320, height: 240, color: [0, 160, 40] }]);
  }
  if (findTool('pulseaudio')) sound = await SoundServer.start();
  // Two at a time: they spend their seconds waiting for real time to pass, and a third would make
  // them miss frames on a small machine. One without frames it bears beside them.
  const [one, two, data] = [new Lane(), new Lane(), new Lane()];
  // The longest first, so that the lanes end together.
  for (const name of runnable.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
    if (WITHOUT_FRAMES.has(name)) data.add(name);
    else (one.seconds <= two.seconds ? one : two).add(name);
  }
});

afterAll(async () => {
  await screen?.close();
  await sound?.close();
  for (const child of running) child.kill('SIGKILL');
  for (const made of [output, inbox, recorded, lapse])
    rmSync(made, { recursive: true, force: true });
});

describe('the samples', () => {
  test.each(runnable)(
    '%s runs by itself, says what it shows, and ends',
    async (name) => {
      const result = await results.get(name);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(EXPECTED[name]).toBeDefined();
      await EXPECTED[name]?.(result?.stdout ?? '');
    },
    120_000,
  );

  test.each(samples)('%s says at its top what it shows and how to run it', (name) => {
    const text = readFileSync(join(folder, `${name}.ts`), 'utf8');
    expect(text).toMatch(
      new RegExp(`^// [A-Z][^\\n]*\\.\\n// Run it: npm run sample -- ${name}\\b`),
    );
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`[${name}](${name}.ts)`);
  });
});

describe('the runner of the samples', () => {
  test('without a name, it lists all of them', async () => {
    const { code, stdout } = await start([]).result;
    expect(code).toBe(0);
    for (const name of samples) expect(stdout).toContain(name);
  });

  test('a name that is not a sample is an error that names the samples', async () => {
    const { code, stderr } = await start(['no-such-sample']).result;
    expect(code).toBe(2);
    expect(stderr).toContain("There is no sample 'no-such-sample'.");
    expect(stderr).toContain('join-and-list');
  });

  test.each([
    [['--nonsense'], '--nonsense'],
    [['--seconds', '0'], '--seconds must be a number above 0'],
    [['--url', 'ws://127.0.0.1:1'], '--url needs --api-key and --api-secret'],
  ])(
    'the options %j are refused, and the right ones named',
    async (args, message) => {
      const { code, stderr } = await start(['join-and-list', ...args]).result;
      expect(code).toBe(2);
      expect(stderr).toContain(message);
      expect(stderr).toContain('--seconds NUMBER');
    },
    30_000,
  );

  test('a server that cannot be reached is an error of one line', async () => {
    const server = ['--url', 'ws://127.0.0.1:1', '--api-key', 'key', '--api-secret', 'secret'];
    const { code, stderr } = await start(['fps-tracking', ...server]).result;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^connection-refused: [^\n]*\n$/);
  }, 30_000);

  test('Ctrl-C ends a sample cleanly, with what it has to say at its end', async () => {
    const { child, result } = start(['fps-tracking', '--seconds', '600']);
    await new Promise<void>((resolve) => {
      let said = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Current rate')) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/at the end [\d.]+ fps/);
  }, 60_000);
});

/** The number that the pattern's group matches. */
function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1]);
}

/** The colour that the pattern's three groups match. */
function colorIn(text: string, pattern: RegExp): Color {
  const [, red, green, blue] = pattern.exec(text) ?? [];
  return [Number(red), Number(green), Number(blue)];
}

/** How far a colour is from the nearest that publish-generated-video makes. */
function distanceToGenerated(color: Color): number {
  const distances = Array.from({ length: 256 }, (_, i) =>
    colorDistance(color, [i, (i * 2) % 256, (i * 3) % 256]),
  );
  return Math.min(...distances);
}

/** The colour that the audience saw in the top left corner. */
function cornerIn(text: string): Color {
  return colorIn(text, /top left rgb\((\d+), (\d+), (\d+)\)/);
}
