// What WebRTC tells of media before it's encoded, and after it was decoded.

import type { RtcMediaKind, RtcStatsEntry } from './stats-entry.js';

/** What a track of our own gives to the encoder. */
export interface RtcMediaSourceStats extends RtcStatsEntry {
  readonly type: 'media-source';
  /** WebRTC's id of the track. */
  readonly trackIdentifier: string;
  /** Sound or pictures. */
  readonly kind: RtcMediaKind;

  /** Video only: width of the last frame, in pixels. */
  readonly width?: number;
  /** Video only: height of the last frame, in pixels. */
  readonly height?: number;
  /** Video only: frames that were captured. */
  readonly frames?: number;
  /** Video only: frames captured in the last second. */
  readonly framesPerSecond?: number;

  /** Audio only: how loud it is now, from 0 to 1. */
  readonly audioLevel?: number;
  /** Audio only: the square of the level, summed over `totalSamplesDuration`. */
  readonly totalAudioEnergy?: number;
  /** Audio only: seconds of sound. */
  readonly totalSamplesDuration?: number;
  /** Audio only: decibels by which echo is weaker than sound; 0 without echo cancellation. */
  readonly echoReturnLoss?: number;
  /** Audio only: decibels by which the echo canceller weakens it further. */
  readonly echoReturnLossEnhancement?: number;
  /** Audio only: seconds of sound that were lost before the encoder. */
  readonly droppedSamplesDuration?: number;
  /** Audio only: how often that happened. */
  readonly droppedSamplesEvents?: number;
  /** Audio only: seconds from capture to encoder, summed over `totalSamplesCaptured`. */
  readonly totalCaptureDelay?: number;
  /** Audio only: samples that were captured. */
  readonly totalSamplesCaptured?: number;
}

/** How WebRTC plays sound. */
export interface RtcAudioPlayoutStats extends RtcStatsEntry {
  readonly type: 'media-playout';
  readonly kind: RtcMediaKind;
  /** Seconds of sound made up, since none was there in time. */
  readonly synthesizedSamplesDuration: number;
  /** How often that happened. */
  readonly synthesizedSamplesEvents: number;
  /** Seconds of sound played, that made up included. */
  readonly totalSamplesDuration: number;
  /** Seconds from decoder to ear, summed over `totalSamplesCount`. */
  readonly totalPlayoutDelay: number;
  /** Samples of a channel that were played. */
  readonly totalSamplesCount: number;
}
