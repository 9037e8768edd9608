import { FramewireError } from '../core/errors.js';
import { ffi, handleOf } from './ffi-client.js';
import { OwnedHandle } from './owned-handle.js';

/** A device, as the native side tells of it. */
export interface NativeAudioDevice {
  readonly name: string;
  /** Empty where the platform has none, as PulseAudio. */
  readonly id: string;
}

/**
 * Opens the platform's sound devices. From now on, what remote tracks say is played by the speaker.
 *
 * @throws FramewireError `not-found` if there are none that the binary can open.
 */
export function openPlatformAudio(): OwnedHandle {
  const { message } = ffi().send('newPlatformAudio', {});
  if (message.case === 'platformAudio') {
    return new OwnedHandle(handleOf(message.value, 'platform audio'));
  }
  throw new FramewireError(
    'not-found',
    "The platform's sound devices can't be opened; on Linux that takes PulseAudio and libpulse. LiveKit says: " +
      `${message.value ?? 'nothing'}.`,
  );
}

/** The devices that are there now. The first of each is the system's default. */
export function listAudioDevices(platform: OwnedHandle): {
  readonly recording: NativeAudioDevice[];
  readonly playout: NativeAudioDevice[];
} {
  const answer = ffi().send('getAudioDevices', { platformAudioHandle: platform.id });
  if (answer.error) throw failed('list the sound devices', answer.error);
  const device = ({ name, guid }: { readonly name?: string; readonly guid?: string }) => ({
    name: name ?? '',
    id: guid ?? '',
  });
  return {
    recording: answer.recordingDevices.map(device),
    playout: answer.playoutDevices.map(device),
  };
}

/** Takes another device: the first that has this id. */
export function selectAudioDevice(
  platform: OwnedHandle,
  direction: 'recording' | 'playout',
  id: string,
): void {
  const name = direction === 'recording' ? 'setRecordingDevice' : 'setPlayoutDevice';
  const { error } = ffi().send(name, { platformAudioHandle: platform.id, deviceId: id });
  if (error) throw failed(`use the ${direction} device`, error);
}

/** Starts or stops the microphone, which a published track of it starts by itself. */
export function switchRecording(platform: OwnedHandle, on: boolean): void {
  const name = on ? 'startRecording' : 'stopRecording';
  const { error } = ffi().send(name, { platformAudioHandle: platform.id });
  if (error) throw failed(on ? 'start the microphone' : 'stop the microphone', error);
}

/** Makes a source of what the microphone hears; drop the handle when done. */
export function newPlatformSource(
  platform: OwnedHandle,
  options: {
    readonly echoCancellation: boolean;
    readonly noiseSuppression: boolean;
    readonly autoGainControl: boolean;
    readonly preferHardware: boolean;
  },
): number {
  const { source } = ffi().send('newAudioSource', {
    // A source of the platform's.
    type: 1,
    platformAudioHandle: platform.id,
    options,
    sampleRate: 48_000,
    numChannels: 1,
    queueSizeMs: 0,
  });
  return handleOf(source, 'platform audio source');
}

function failed(what: string, reason: string): FramewireError {
  return new FramewireError('native', `LiveKit could not ${what}: ${reason}.`);
}
