import { LocalAudioTrack } from 'framewire';
import { runProgram } from '../support/program.js';

jest.setTimeout(60_000);

describe('PlatformAudio', () => {
  it('is a clean error where there are no devices, after which the program goes on and ends', async () => {
    const { code, signal, stdout } = await runProgram('no-sound-devices.cjs', [], {
      env: { PULSE_SERVER: 'unix:/nowhere/at/all', PULSE_RUNTIME_PATH: '/nowhere/at/all' },
    });
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    // A machine that tests are run on may have some all the same, by another way than PulseAudio.
    expect(stdout.trim()).toMatch(/^(FramewireError not-found true|opened \d+)$/);
  });

  it('is the only one to make sources of the platform', () => {
    expect(() => LocalAudioTrack.create('microphone', {} as never)).toThrow(
      'source must be an AudioSource, got {}.',
    );
  });
});

describe('With another version of the binding', () => {
  it('sound is not processed, and the error says which version is needed', async () => {
    const { stdout } = await runProgram('other-binding.cjs');
    const unsupported = {
      error: 'FramewireError',
      code: 'unsupported',
      message:
        'framewire needs @livekit/rtc-ffi-bindings 0.12.73 (of @livekit/rtc-node 1.1.0), found 0.11.0.',
    };
    expect(JSON.parse(stdout)).toEqual({
      capabilities: expect.objectContaining({
        native: false,
        audioProcessing: false,
        audioResampling: false,
        platformAudio: false,
      }) as unknown,
      processing: unsupported,
      resampling: unsupported,
      platform: unsupported,
    });
  });
});
