import { AudioFrame } from 'framewire';
import { construct, getters, invoke, method } from '../calls.mjs';
import { detach } from '../hostile.mjs';

function description(f, channels) {
  return f.options(
    {
      sampleRate: () => f.of([8000, 16_000, 44_100, 48_000]),
      channels: () => f.int(channels, channels),
      timestampUs: () => f.int(0, 1e12),
    },
    { needed: ['sampleRate', 'channels'] },
  );
}

/** Good samples in memory of one kind or another. */
function samples(f, channels, Type = Int16Array) {
  const length = channels * f.random.int(1, 480);
  const bytes = length * Type.BYTES_PER_ELEMENT;
  const make = [
    () => new Type(length),
    () => new Type(new ArrayBuffer(bytes + 16), 8, length),
    () => new Type(new SharedArrayBuffer(bytes)),
    () => new Type(new ArrayBuffer(bytes, { maxByteLength: bytes * 2 })),
  ];
  const made = f.random.of(make)();
  for (let i = 0; i < made.length; i++) made[i] = f.random.next() * 2 - 1;
  f.keep('bytes', made);
  return made;
}

/** A good frame, of 48 kHz and one channel half of the time. */
export function freshAudioFrame(f) {
  const { random } = f;
  const usual = random.chance(0.5);
  const channels = usual ? 1 : random.int(1, 8);
  const sampleRate = usual ? 48_000 : random.of([8000, 44_100, 48_000]);
  return new AudioFrame(new Int16Array(channels * random.int(1, 480)), { sampleRate, channels });
}

/** What can be done with a frame of sound, wherever it came from. */
export const audioFrameCalls = {
  'audioFrame.data': (f) => {
    const frame = f.take('audioFrame');
    f.call('audioFrame.data', [], () => frame.data, { gives: 'bytes' });
  },
  'audioFrame.clone': method('audioFrame', 'clone', () => [], { gives: 'audioFrame' }),
  'audioFrame.toFloat32': method('audioFrame', 'toFloat32', (f) => [
    f.options({ layout: () => f.of(['interleaved', 'planar']) }),
  ]),
  'audioFrame.toWav': method('audioFrame', 'toWav', () => [], { gives: 'wav' }),
  'audioFrame.close': method('audioFrame', 'close'),
  'audioFrame[Symbol.dispose]': method('audioFrame', Symbol.dispose),
  'audioFrame getters': getters('audioFrame', ['closed', 'durationMs', 'channels', 'timestampUs']),
};

/** A WAV file, mostly broken somewhere. */
function wav(f) {
  const { random } = f;
  const bytes = freshAudioFrame(f).toWav();
  for (let i = random.int(0, 4); i > 0; i--) {
    bytes[random.int(0, Math.min(60, bytes.length - 1))] = random.int(0, 255);
  }
  return random.chance(0.3) ? bytes.subarray(0, random.int(0, bytes.length)) : bytes;
}

export default {
  fresh: { audioFrame: freshAudioFrame, wav },
  forget: ['audioFrame'],
  close: { audioFrame: (frame) => frame.close() },
  calls: {
    'new AudioFrame': construct(
      AudioFrame,
      (f) => {
        const channels = f.random.int(1, 8);
        return [f.bytes(() => samples(f, channels)), description(f, channels)];
      },
      { gives: 'audioFrame' },
    ),
    'AudioFrame.create': invoke(
      AudioFrame,
      'create',
      (f) => {
        const options = description(f, f.random.int(1, 8));
        const samplesPerChannel = f.int(1, 480);
        // Hostile options are left as they are.
        return [f.random.chance(0.9) ? { ...safely(options), samplesPerChannel } : options];
      },
      { gives: 'audioFrame' },
    ),
    'AudioFrame.fromFloat32': invoke(
      AudioFrame,
      'fromFloat32',
      (f) => {
        const channels = f.random.int(1, 4);
        const length = f.random.int(1, 100);
        const data = f.random.chance(0.5)
          ? f.bytes(() => samples(f, channels, Float32Array))
          : f.list(() => f.bytes(() => new Float32Array(length)), channels, channels);
        return [data, description(f, channels)];
      },
      { gives: 'audioFrame' },
    ),
    'AudioFrame.fromWav': invoke(
      AudioFrame,
      'fromWav',
      (f) => [f.bytes(() => wav(f)), f.options({ timestampUs: () => f.int(0, 1e12) })],
      { gives: 'audioFrame' },
    ),
    'AudioFrame.concat': invoke(
      AudioFrame,
      'concat',
      (f) => [f.list(() => f.object('audioFrame'), 0, 4)],
      { gives: 'audioFrame' },
    ),
    ...audioFrameCalls,
    'memory taken away': (f) => {
      const bytes = f.peek('bytes');
      f.call('structuredClone(frame.data)', [], () => detach(bytes.buffer ?? bytes));
    },
  },
};

function safely(options) {
  try {
    return { ...options };
  } catch {
    return {};
  }
}
