import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { frequencyOf } from 'framewire/testing';
import { ByteReader } from './byte-reader.js';
import { ffmpegPath } from './ffmpeg.js';
import { RigProcess } from './rig-process.js';
import { toolPath } from './tools.js';

const run = promisify(execFile);

/** How ALSA's programs get to the sound server. */
const ASOUNDRC = `pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.pulse { type pulse }
`;

const MODULES = [
  'module-null-sink sink_name=spk rate=48000 channels=2',
  'module-null-sink sink_name=mic rate=48000 channels=2',
  'module-remap-source master=mic.monitor source_name=vmic channels=1',
];

const SINKS = ['spk', 'mic'];

/** The rate at which everything here is played and heard. */
const SAMPLE_RATE = 48_000;

const FORMAT = ['--raw', '--format=s16le', '--channels=1', `--rate=${SAMPLE_RATE}`];

/**
 * A PulseAudio of the test's own, apart from all others: a speaker `spk`, which is the default, and a
 * microphone `vmic`, the default too, which hears what is played into the sink `mic`.
 *
 * The code under test reaches it by {@link SoundServer.env}.
 */
export class SoundServer {
  readonly #folder: string;
  readonly #players = new Set<RigProcess>();
  #server: RigProcess | undefined;

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'framewire-sound-'));
  }

  /** Starts one. Close it when the tests are done; it ends with this process at the latest. */
  static async start(): Promise<SoundServer> {
    const sound = new SoundServer();
    writeFileSync(join(sound.#folder, '.asoundrc'), ASOUNDRC);
    try {
      await sound.revive();
    } catch (error) {
      await sound.close();
      throw error;
    }
    return sound;
  }

  /** What a client has to have in its environment. */
  get env(): Readonly<Record<string, string>> {
    return {
      HOME: this.#folder,
      XDG_RUNTIME_DIR: this.#folder,
      PULSE_RUNTIME_PATH: this.#folder,
      PULSE_SERVER: this.address,
      // Nobody else's, and none is started for the sake of it.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      LC_ALL: 'C',
    };
  }

  /** What PULSE_SERVER is to be. */
  get address(): string {
    return `unix:${join(this.#folder, 'native')}`;
  }

  /** Sets this process's environment, for code under test that has no other way. @returns How to take it back. */
  enter(): () => void {
    const before = Object.keys(this.env).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, this.env);
    return () => {
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    };
  }

  /** Plays a tone into a sink until it's closed. Resolves when it is heard there. */
  async playTone(
    frequency: number,
    { sink = 'mic', volume = 0.25 }: { readonly sink?: string; readonly volume?: number } = {},
  ): Promise<RigProcess> {
    const wave = `aevalsrc=${volume}*sin(2*PI*${frequency}*t):sample_rate=${SAMPLE_RATE}`;
    const player = this.#client(ffmpegPath(), [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', wave],
      // A short buffer: with a long one the sink renders only every two seconds.
      ...['-f', 'pulse', '-buffer_duration', '40', '-device', sink, 'tone'],
    ]);
    await using listener = this.listen(`${sink}.monitor`);
    await Promise.race([
      listener.untilTone(frequency),
      player.ended.then(() => {
        throw new Error(`The tone ended: ${player.said}`);
      }),
    ]);
    return player;
  }

  /** Listens to what comes out of the speaker, or to another source. */
  listen(source = 'spk.monitor'): SoundListener {
    return new SoundListener(
      this.#client(
        'pacat',
        [...['--record', ...FORMAT, '--latency-msec=20', '-d', source]],
        ['ignore', 'pipe', 'pipe'],
      ),
    );
  }

  /** Asks the server something, as `pactl` does. @returns What it printed. */
  async ask(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('pactl', args, { env: { ...process.env, ...this.env } });
    return stdout;
  }

  /** Plugs in a device, by PulseAudio's module for it. @returns How to unplug it. */
  async plug(...module: readonly string[]): Promise<() => Promise<void>> {
    const index = (await this.ask('load-module', ...module)).trim();
    return async () => {
      await this.ask('unload-module', index);
    };
  }

  /** Kills the server, as a crash does. */
  async kill(): Promise<void> {
    await this.#server?.close();
    // What a crash leaves behind keeps no other one from starting, but clients would wait for it.
    rmSync(join(this.#folder, 'native'), { force: true });
  }

  /** Stops the server without ending it: it answers nobody. Those who wait for it wait. */
  freeze(): void {
    this.#server?.child.kill('SIGSTOP');
  }

  /** Lets a frozen server go on. */
  thaw(): void {
    this.#server?.child.kill('SIGCONT');
  }

  /** Starts the server anew after {@link SoundServer.kill}, at the same address. */
  async revive(): Promise<void> {
    const socket = join(this.#folder, 'native');
    this.#server = new RigProcess(
      toolPath('pulseaudio'),
      [
        ...['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1'],
        ...['--log-level=info', '--log-target=stderr'],
        ...[`module-native-protocol-unix auth-anonymous=1 socket=${socket}`, ...MODULES].flatMap(
          (module) => ['-L', module],
        ),
      ],
      { env: this.env },
    );
    await this.#server.says('Daemon startup complete');
    // A sink that nobody hurries renders only every two seconds: that of the tests plays silence, always.
    const zeros = openSync('/dev/zero', 'r');
    try {
      for (const sink of SINKS) {
        const options = ['--latency-msec=20', '-d', sink];
        this.#client('pacat', ['--playback', ...FORMAT, ...options], [zeros, 'ignore', 'pipe']);
      }
    } finally {
      closeSync(zeros);
    }
  }

  /** Ends the server and all that plays and listens, and removes its folder. Safe to call twice. */
  async close(): Promise<void> {
    await Promise.all([...this.#players].map((player) => player.close()));
    await this.#server?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #client(
    command: string,
    args: readonly string[],
    stdio: ('ignore' | 'pipe' | number)[] = ['ignore', 'ignore', 'pipe'],
  ): RigProcess {
    const client = new RigProcess(command, args, { env: this.env, stdio });
    this.#players.add(client);
    void client.ended.then(() => this.#players.delete(client));
    return client;
  }
}

/** Hears what a source of a {@link SoundServer} gives: one channel of 48,000 samples a second. */
export class SoundListener {
  readonly sampleRate = SAMPLE_RATE;
  readonly #process: RigProcess;
  readonly #sound: ByteReader;

  constructor(process: RigProcess) {
    this.#process = process;
    this.#sound = new ByteReader(process.child.stdout!);
  }

  /** The next `durationMs` of it. */
  async read(durationMs: number): Promise<Int16Array> {
    const samples = Math.round((durationMs * SAMPLE_RATE) / 1_000);
    // In a buffer of its own, from its start.
    const bytes = Uint8Array.from(await this.#sound.read(samples * 2));
    return new Int16Array(bytes.buffer);
  }

  /** Resolves when a fifth of a second was a tone of that frequency, to within 2 %; 0 for silence. */
  async untilTone(frequency: number): Promise<number> {
    for (;;) {
      const heard = frequencyOf(await this.read(200), SAMPLE_RATE);
      if (Math.abs(heard - frequency) <= frequency * 0.02) return heard;
    }
  }

  /** Ends it. Safe to call twice. */
  close(): Promise<void> {
    return this.#process.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A sound server for a test file, which it's in. Call it once, at the top of the suite. */
export function liveSound(): () => SoundServer {
  let sound: SoundServer | undefined;
  let leave: (() => void) | undefined;
  beforeAll(async () => {
    sound = await SoundServer.start();
    leave = sound.enter();
  });
  afterAll(async () => {
    leave?.();
    await sound?.close();
  });
  return () => {
    if (!sound) throw new Error('The sound server starts before the first test.');
    return sound;
  };
}
