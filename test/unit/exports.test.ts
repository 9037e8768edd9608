// The wrong arguments below are meant to be wrong.
/* eslint @typescript-eslint/no-unsafe-class-instance-assignment: 'off' */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import * as framewire from 'framewire';
import {
  AudioFrame,
  AudioSource,
  LocalVideoTrack,
  type Overflow,
  type PixelFormat,
  Room,
  VideoFrame,
  VideoSource,
  VideoStream,
} from 'framewire';

const EXPORTS = [
  'AUDIO_PACES',
  'AVSynchronizer',
  'AccessToken',
  'AudioFrame',
  'AudioMixer',
  'AudioProcessingModule',
  'AudioResampler',
  'AudioSource',
  'AudioStream',
  'ByteStreamReader',
  'ByteStreamWriter',
  'CLOCK_QUALITIES',
  'CLOCK_RPC_METHOD',
  'CONNECTION_QUALITIES',
  'DATA_FRAME_ENCODINGS',
  'DATA_SCHEMA_ENCODINGS',
  'DEGRADATION_PREFERENCES',
  'DISCONNECT_REASONS',
  'DTMF_DIGITS',
  'DataPacket',
  'E2EE_STATES',
  'E2ee',
  'ENCRYPTION_TYPES',
  'FRAMEWIRE_ERROR_CODES',
  'FpsThinner',
  'FpsTracker',
  'FramePacer',
  'FramewireError',
  'IMAGE_TYPES',
  'KEY_DERIVATIONS',
  'LOG_LEVELS',
  'LevelMeter',
  'LocalAudioTrack',
  'LocalDataTrack',
  'LocalParticipant',
  'LocalTrack',
  'LocalTrackPublication',
  'LocalVideoTrack',
  'MAX_DATA_FRAME_BYTES',
  'MAX_RPC_PAYLOAD_BYTES',
  'MIN_VIDEO_DIMENSION',
  'MIXER_PACES',
  'MediaClock',
  'OVERFLOWS',
  'PARTICIPANT_KINDS',
  'PARTICIPANT_KIND_DETAILS',
  'PARTICIPANT_STATES',
  'PIXEL_FORMATS',
  'Participant',
  'PlatformAudio',
  'RESAMPLER_QUALITIES',
  'RESIZES',
  'ROTATIONS',
  'RPC_ERROR_CODES',
  'RemoteAudioTrack',
  'RemoteDataTrack',
  'RemoteParticipant',
  'RemoteTrack',
  'RemoteTrackPublication',
  'RemoteVideoTrack',
  'Room',
  'RpcError',
  'SAMPLE_RATES',
  'SCALABILITY_MODES',
  'SCALE_FITS',
  'SIMULATE_SCENARIOS',
  'StreamReader',
  'StreamWriter',
  'TRACK_SOURCES',
  'TextStreamReader',
  'TextStreamWriter',
  'Track',
  'TrackPublication',
  'VIDEO_CODECS',
  'VIDEO_ENCODERS',
  'VIDEO_QUALITIES',
  'VideoFrame',
  'VideoSource',
  'VideoStream',
  'VoiceActivityDetector',
  'answerClockRequests',
  'capabilities',
  'configureLog',
  'configureMemory',
  'memoryUsage',
  'measureClockOffset',
  'silence',
  'sineWave',
  'thinFps',
];

/** A program that makes what only Framewire makes; its types are those of the built package. */
const FORGERY = `
import * as framewire from 'framewire';
${[
  'LocalTrack',
  'LocalAudioTrack',
  'LocalVideoTrack',
  'LocalParticipant',
  'LocalTrackPublication',
  'Participant',
  'RemoteAudioTrack',
  'RemoteParticipant',
  'RemoteTrack',
  'RemoteTrackPublication',
  'RemoteVideoTrack',
  'Track',
  'TrackPublication',
]
  .map((name) => `// @ts-expect-error -- Made by Framewire.\nnew framewire.${name}();`)
  .join('\n')}
// @ts-expect-error -- No track.
new framewire.VideoStream({ kind: 'video', name: 'x', remote: false });
// @ts-expect-error -- No track.
new framewire.AudioStream({ kind: 'audio', name: 'x', remote: false });
// @ts-expect-error -- No participant.
framewire.VideoStream.fromParticipant({ identity: 'x' }, 'camera');
export function watch(track: framewire.RemoteTrackOf<'video'>, mine: framewire.LocalVideoTrack) {
  const options: framewire.FpsTrackerOptions = {};
  return [new framewire.VideoStream(track), framewire.VideoStream.fromTrack(mine), options];
}
export function follow(one: framewire.RemoteParticipant, me: framewire.LocalParticipant) {
  return [one, me].map((of) => framewire.VideoStream.fromParticipant(of, 'camera'));
}
`;

/** The errors of a program that lies in the package's folder, and so imports the built package. */
function typeErrors(source: string): string[] {
  const path = join(__dirname, '..', '..', 'user.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Node20,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => name === path || ts.sys.fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** Runs a program on the built package, as a user's would. */
async function run(source: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '-e', source], {
    cwd: join(__dirname, '..', '..'),
  });
  return JSON.parse(stdout) as unknown;
}

describe('the package', () => {
  it('exports what it means to, and nothing else', () => {
    expect(Object.keys(framewire).sort()).toEqual([...EXPORTS].sort());
  });

  it('gives `import` and `require` the same classes, by their names', async () => {
    const source = `
      import { createRequire } from 'node:module';
      import * as all from 'framewire';
      import { VideoFrame, Room, FramewireError } from 'framewire';
      import { startLiveKitServer } from 'framewire/server';
      import { whenIdle } from 'framewire/testing';
      const require = createRequire(process.cwd() + '/x.js');
      const required = require('framewire');
      const names = Object.keys(required).sort();
      console.log(JSON.stringify({
        names,
        different: names.filter((name) => all[name] !== required[name]),
        named: [VideoFrame, Room, FramewireError, startLiveKitServer, whenIdle].map((one) => one.name),
      }));`;
    expect(await run(source, '--input-type=module')).toEqual({
      names: [...EXPORTS].sort(),
      different: [],
      named: ['VideoFrame', 'Room', 'FramewireError', 'startLiveKitServer', 'whenIdle'],
    });
  });

  it('has types beside each of its doors', async () => {
    const source = `
      const { existsSync } = require('node:fs');
      const { exports } = require('framewire/package.json');
      const doors = Object.values(exports).filter((door) => door.types);
      console.log(JSON.stringify(doors.map((door) => [existsSync(door.types), existsSync(door.default)])));`;
    const found = (await run(source)) as boolean[][];
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(new Set(found.flat())).toEqual(new Set([true]));
  });

  it("has types that do without the canvas library's, which don't compile for everybody", () => {
    const imports = new Set<string>();
    const follow = (path: string): void => {
      if (imports.has(path)) return;
      imports.add(path);
      for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/from '([^']+)'/g)) {
        if (name.startsWith('.')) follow(join(dirname(path), name.replace(/\.js$/, '.d.ts')));
        else imports.add(name);
      }
    };
    follow(join(__dirname, '..', '..', 'dist', 'index.d.ts'));
    expect(imports.size).toBeGreaterThan(50);
    expect(imports).not.toContain('@napi-rs/canvas');
  });

  it('loads nothing native until it is needed', async () => {
    const source = `
      require('framewire');
      const loaded = Object.keys(require.cache).filter((path) =>
        /node_modules.*(rtc-node|rtc-ffi-bindings|koffi|canvas)/.test(path));
      console.log(JSON.stringify(loaded));`;
    expect(await run(source)).toEqual([]);
  });
});

describe('the types', () => {
  it('have nobody make what only Framewire makes', () => {
    expect(typeErrors(FORGERY)).toEqual([]);
    expect(typeErrors(`${FORGERY}// @ts-expect-error -- There is no error here.\n`)).toHaveLength(
      1,
    );
  }, 60_000);

  it('refuse wrong arguments, as the compiler checks', () => {
    expect(wrongArguments).toBeInstanceOf(Function);
  });
});

/** Never called: that it compiles, with an error at each mark, is the test. */
function wrongArguments(): void {
  const formats: readonly PixelFormat[] = ['RGBA', 'NV12'];
  const overflow: Overflow = 'drop-oldest';
  const source = new VideoSource({ width: 64, height: 48 });
  const track = LocalVideoTrack.create('x', source);
  const stream = new VideoStream(track, { capacity: Infinity, overflow, format: formats[0]! });
  const frame = VideoFrame.create({ width: 1, height: 1, format: 'RGBA' });

  // @ts-expect-error -- Formats are in upper case.
  VideoFrame.create({ width: 1, height: 1, format: 'rgba' });
  // @ts-expect-error -- A size is needed.
  new VideoFrame(new Uint8Array(4), { width: 1, format: 'RGBA' });
  // @ts-expect-error -- Rotations are quarter turns.
  new VideoFrame(new Uint8Array(4), { width: 1, height: 1, format: 'RGBA', rotation: 45 });
  // @ts-expect-error -- An array of numbers is no memory.
  frame.replace([1, 2, 3, 4]);
  // @ts-expect-error -- Frames don't change.
  frame.width = 2;
  // @ts-expect-error -- Time stamps are numbers.
  source.captureFrame(frame, { timestampUs: 1n });
  // @ts-expect-error -- The frame id is the source's own count.
  source.captureFrame(frame, { metadata: { frameId: 1 } });
  // @ts-expect-error -- A stream needs a track.
  new VideoStream(source);
  // @ts-expect-error -- Streams of live media never wait.
  new VideoStream(track, { overflow: 'wait' });
  // @ts-expect-error -- Video tracks are made of video sources.
  LocalVideoTrack.create('x', new AudioSource({ sampleRate: 48_000, channels: 1 }));
  // @ts-expect-error -- Samples have 16 bits; fromFloat32 takes others.
  new AudioFrame(new Float32Array(480), { sampleRate: 48_000, channels: 1 });
  // @ts-expect-error -- No such event.
  new Room().on('frame', () => undefined);
  // @ts-expect-error -- Tracks are what Framewire made.
  new VideoStream({ kind: 'video', name: 'x', remote: false });
  // @ts-expect-error -- Participants are those of a room.
  VideoStream.fromParticipant({ identity: 'x' }, 'camera');
  // @ts-expect-error -- What the stream gives is a VideoFrame, or the end.
  void stream.next().then(({ value }) => value.width);
}
