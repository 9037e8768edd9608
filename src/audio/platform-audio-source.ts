import { newAudioTrack } from '../native/audio-requests.js';
import { MediaSource } from '../native/media-source.js';

/** What is done to the sound of a microphone. */
export interface PlatformAudioSourceOptions {
  /** Takes out what the speaker plays. Default `true`. */
  readonly echoCancellation?: boolean;
  /** Lowers steady noise. Default `true`. */
  readonly noiseSuppression?: boolean;
  /** Brings speech to one level. Default `true`. */
  readonly autoGainControl?: boolean;
  /** Has the device do so where it can, instead of WebRTC. Default `false`. */
  readonly preferHardware?: boolean;
}

/**
 * What the platform's microphone hears, for a {@link LocalAudioTrack}. Made by
 * {@link PlatformAudio.createSource}.
 *
 * It's recorded while a track of it is published, by the native side alone: streams on the local track hear
 * nothing.
 */
export class PlatformAudioSource extends MediaSource {
  /** @internal Takes ownership of the handle. */
  constructor(handle: number) {
    super('audio', handle);
  }

  /** @internal */
  protected override newTrack(name: string): number {
    return newAudioTrack(name, this.handle);
  }
}
