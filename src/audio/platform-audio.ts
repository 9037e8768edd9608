import { checkBoolean, checkOptions, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import type { OwnedHandle } from '../native/owned-handle.js';
import {
  listAudioDevices,
  newPlatformSource,
  openPlatformAudio,
  selectAudioDevice,
  switchRecording,
} from '../native/platform-audio.js';
import { PlatformAudioSource, type PlatformAudioSourceOptions } from './platform-audio-source.js';

/** A microphone or a speaker of the platform's. */
export interface AudioDevice {
  /** What the platform calls it. */
  readonly name: string;
  /** What tells it from others; empty where the platform has no ids, as PulseAudio. */
  readonly id: string;
}

/**
 * The platform's own microphone and speaker, as WebRTC opens them: while this is open, remote audio is
 * heard from the speaker by itself, and a source of the microphone can be published, with the echo of
 * the speaker taken out.
 *
 * It works where the native binary finds sound devices: those of Windows and macOS, and PulseAudio on
 * Linux. On a machine without any, `open()` fails with `not-found`. PulseAudio's devices have no ids: the
 * system's defaults are used, which are changed there, or by `PULSE_SOURCE` and `PULSE_SINK` in the environment.
 *
 * It doesn't keep the process alive. A driver that crashes ends the process: `framewire/capture` keeps devices in
 * processes of their own.
 *
 * @example
 * ```ts
 * using audio = await PlatformAudio.open();
 * const microphone = audio.createSource({ noiseSuppression: true });
 * await room.localParticipant.publishTrack(LocalAudioTrack.create('microphone', microphone), {
 *   source: 'microphone',
 * });
 * ```
 */
export class PlatformAudio implements Disposable {
  readonly #native: OwnedHandle;
  readonly #sources = new Set<PlatformAudioSource>();

  private constructor(native: OwnedHandle) {
    this.#native = native;
  }

  /**
   * Opens the system's default devices.
   *
   * @throws FramewireError `not-found` where there are none that can be opened, `unsupported` with another
   * version of the binding than the one needed.
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- Devices are waited for, if not yet by the binary.
  static async open(): Promise<PlatformAudio> {
    const native = openPlatformAudio();
    try {
      const { recording, playout } = listAudioDevices(native);
      selectDefault(native, 'recording', recording);
      selectDefault(native, 'playout', playout);
      return new PlatformAudio(native);
    } catch (error) {
      native.close();
      throw error;
    }
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#native.closed;
  }

  /**
   * The microphones that are there now, the system's default first.
   *
   * @throws FramewireError `closed` if this is closed.
   */
  get recordingDevices(): AudioDevice[] {
    return this.#devices().recording;
  }

  /**
   * The speakers that are there now, the system's default first.
   *
   * @throws FramewireError `closed` if this is closed.
   */
  get playoutDevices(): AudioDevice[] {
    return this.#devices().playout;
  }

  /**
   * Records from another microphone.
   *
   * @param device - One of {@link PlatformAudio.recordingDevices}.
   * @throws TypeError if it's no device.
   * @throws FramewireError `closed`; `not-found` if it's not there, or no longer; `unsupported` if it has no id
   * and isn't the default one; `native` if it can't be used, or another one is being used just now.
   */
  setRecordingDevice(device: AudioDevice): void {
    this.#select('recording', device);
  }

  /**
   * Plays to another speaker.
   *
   * @param device - One of {@link PlatformAudio.playoutDevices}.
   * @throws As {@link PlatformAudio.setRecordingDevice}.
   */
  setPlayoutDevice(device: AudioDevice): void {
    this.#select('playout', device);
  }

  /**
   * A source of what the microphone hears, which is recorded while a track of it is published. It's closed with
   * this.
   *
   * @throws TypeError if an option is not a boolean.
   * @throws FramewireError `closed` if this is closed, `not-found` if there is no microphone.
   */
  createSource(options: PlatformAudioSourceOptions = {}): PlatformAudioSource {
    checkOptions(options, 'options');
    const { echoCancellation = true, noiseSuppression = true } = options;
    const { autoGainControl = true, preferHardware = false } = options;
    checkBoolean(echoCancellation, 'options.echoCancellation');
    checkBoolean(noiseSuppression, 'options.noiseSuppression');
    checkBoolean(autoGainControl, 'options.autoGainControl');
    checkBoolean(preferHardware, 'options.preferHardware');
    if (this.#devices().recording.length === 0) {
      throw new FramewireError('not-found', 'The platform has no microphone.');
    }
    const source = new PlatformAudioSource(
      newPlatformSource(this.#native, {
        echoCancellation,
        noiseSuppression,
        autoGainControl,
        preferHardware,
      }),
    );
    this.#sources.add(source);
    source.onClosed(() => this.#sources.delete(source));
    return source;
  }

  /**
   * Starts the microphone before a track is published, which does so by itself: the first words aren't lost.
   *
   * @throws FramewireError `closed` if this is closed, `native` if it can't be started.
   */
  startRecording(): void {
    this.#checkOpen();
    switchRecording(this.#native, true);
  }

  /**
   * Stops the microphone: its tracks are silent until it's started again. The system's sign that it's in use goes
   * out.
   *
   * @throws FramewireError `closed` if this is closed, `native` if it can't be stopped.
   */
  stopRecording(): void {
    this.#checkOpen();
    switchRecording(this.#native, false);
  }

  /** Closes its sources, and lets go of the devices. Safe to call twice. */
  close(): void {
    if (this.closed) return;
    for (const source of this.#sources) source.close();
    this.#native.close();
  }

  /** Calls {@link PlatformAudio.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #devices(): { readonly recording: AudioDevice[]; readonly playout: AudioDevice[] } {
    this.#checkOpen();
    return listAudioDevices(this.#native);
  }

  #select(direction: 'recording' | 'playout', device: AudioDevice): void {
    const { name, id } = checkDevice(device);
    const devices = this.#devices()[direction];
    const found = devices.findIndex((other) => other.id === id && other.name === name);
    if (found < 0) {
      throw new FramewireError('not-found', `There is no ${direction} device ${shown(name)}.`);
    }
    // By an id that several have, native would take the first of them.
    if (found !== devices.findIndex((other) => other.id === id)) {
      throw new FramewireError(
        'unsupported',
        "The platform's devices have no ids: only the default one can be used. Make it the default, or name it " +
          'by PULSE_SOURCE or PULSE_SINK in the environment.',
      );
    }
    selectAudioDevice(this.#native, direction, id);
  }

  #checkOpen(): void {
    if (this.closed) throw new FramewireError('closed', 'The platform audio is closed.');
  }
}

/** Without being told which, the native side can't start a microphone (measured). */
function selectDefault(
  native: OwnedHandle,
  direction: 'recording' | 'playout',
  [device]: readonly AudioDevice[],
): void {
  if (!device) return;
  try {
    selectAudioDevice(native, direction, device.id);
  } catch (error) {
    // It can't be changed while it's used, by tracks from before this was closed and opened again.
    log('debug', 'the default sound device could not be selected', { direction, error });
  }
}

function checkDevice(device: unknown): AudioDevice {
  if (typeof device === 'object' && device !== null && 'name' in device && 'id' in device) {
    const { name, id } = device;
    if (typeof name === 'string' && typeof id === 'string') return { name, id };
  }
  throw new TypeError(`device must be an AudioDevice, got ${shown(device)}.`);
}
