import type { AudioStreamStats } from '../audio/audio-stats.js';
import type { AudioFrame } from '../audio/audio-frame.js';
import type { TrackKind } from '../core/track-handle.js';
import type { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import type { VideoFrame } from '../video/video-frame.js';
import type { VideoStreamStats } from '../video/video-stats.js';
import type { AudioSource } from '../audio/audio-source.js';

/** What there is of each kind of media on its way from a device to a track. */
export interface CaptureKinds {
  /** A camera, a screen, the pictures of a file. */
  readonly video: {
    readonly frame: VideoFrame;
    readonly stats: VideoStreamStats;
    readonly track: LocalVideoTrack;
  };
  /** A microphone, the sound of a file. */
  readonly audio: {
    readonly frame: AudioFrame;
    readonly stats: AudioStreamStats;
    readonly track: LocalAudioTrack<AudioSource>;
  };
}

/** What can be published: frames, what was counted of them, and an end that frees what they come from. */
export interface CaptureStream<Kind extends TrackKind> extends AsyncIterable<
  CaptureKinds[Kind]['frame']
> {
  /** Video only: frames a second, as far as that is known. */
  readonly fps?: number | undefined;
  /** What was counted so far. */
  readonly stats: CaptureKinds[Kind]['stats'];
  /** Ends it, and frees the device. Safe to call twice. */
  close(): Promise<void>;
}
