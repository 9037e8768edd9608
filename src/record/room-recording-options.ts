import { resolve } from 'node:path';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkObject,
  checkOneOf,
  checkPath,
  checkSignal,
  type OptionNames,
  readOnce,
  shown,
} from '../core/check.js';
import type { FfmpegOptions } from '../ffmpeg/ffmpeg-program.js';
import type { GridRecorderOptions } from './grid-recorder.js';
import type { RecordingContainer } from './output-format.js';
import {
  type MediaRecorderOptions,
  type RecordingAudioOptions,
  type RecordingVideoOptions,
  resolveRecorderOptions,
} from './recorder-options.js';
import { ROOM_LAYOUTS, type RoomLayout } from './room-manifest.js';
import type { RecordedFormat } from './room-output.js';
import type { TrackChoice } from './room-tracks.js';

/** The containers that have room for video. */
export const ROOM_VIDEO_CONTAINERS = ['mp4', 'webm', 'mkv'] as const;

/** How the picture of a grid looks. */
export interface RoomGridOptions {
  /** Its width, even. Default 1280. */
  readonly width?: number;
  /** Its height, even. Default 720. */
  readonly height?: number;
  /** The most videos that are shown, those that came first; others follow when one leaves. Default 16. */
  readonly maxTiles?: number;
  /** Draws everybody's name on their picture. Default `false`. */
  readonly names?: boolean;
}

/** How {@link recordRoom} records. */
export interface RecordRoomOptions extends FfmpegOptions {
  /** The folder for the files, which must be there, and have no recording in it. */
  readonly dir: string;
  /** Files of their own for each track, or one picture of everybody with all sound. Default `tracks`. */
  readonly layout?: RoomLayout;
  /** What files with video are. Default `mp4`. */
  readonly videoContainer?: (typeof ROOM_VIDEO_CONTAINERS)[number];
  /** What files of sound alone are. Default `mp4`; `wav` is not compressed. */
  readonly audioContainer?: RecordingContainer;
  /**
   * How pictures are recorded. Default: 30 a second, 25 in a grid, in the size in which they come first: others are
   * scaled to it.
   */
  readonly video?: Omit<RecordingVideoOptions, 'onResize'>;
  /** How sound is recorded: 1 or 2 channels. Default: mono. */
  readonly audio?: RecordingAudioOptions;
  /** Of the layout `grid`. */
  readonly grid?: RoomGridOptions;
  /** The most files that are recorded at a time, each by an ffmpeg of its own; others wait. Default 32. */
  readonly maxFiles?: number;
  /**
   * A track of which no frames come for so long ends its file, and begins a new one when they come again; in a grid
   * its picture becomes black. At least 500. Default 10,000.
   */
  readonly maxPauseMs?: number;
  /** Records our own tracks, too. Default `false`. */
  readonly local?: boolean;
  /** Subscribes to all tracks that are to be recorded. Default `false`: those are recorded that we receive. */
  readonly subscribe?: boolean;
  /** Which tracks are to be recorded. Default: all. */
  readonly filter?: TrackChoice;
  /**
   * Replaces files of an earlier recording. Default `false`: such a folder is refused, and other files in it are kept.
   */
  readonly overwrite?: boolean;
  /** Ends the recording, as `stop()` does. */
  readonly signal?: AbortSignal;
}

/** {@link RecordRoomOptions}, checked. */
export interface RoomRecordingSettings {
  readonly dir: string;
  readonly layout: RoomLayout;
  readonly formats: Readonly<Record<'video' | 'audio', RecordedFormat>>;
  readonly channels: 1 | 2;
  readonly grid: Omit<GridRecorderOptions, 'failed'>;
  readonly maxFiles: number;
  readonly maxPauseMs: number;
  readonly local: boolean;
  readonly subscribe: boolean;
  readonly filter: TrackChoice | undefined;
  readonly overwrite: boolean;
  readonly signal: AbortSignal | undefined;
}

const OPTIONS: OptionNames<RecordRoomOptions> = {
  dir: true,
  layout: true,
  videoContainer: true,
  audioContainer: true,
  video: true,
  audio: true,
  grid: true,
  maxFiles: true,
  maxPauseMs: true,
  local: true,
  subscribe: true,
  filter: true,
  overwrite: true,
  signal: true,
  ffmpegPath: true,
};

const FPS = { tracks: 30, grid: 25 } as const;
const MOST_FILES = 1_000;
const LARGEST_GRID = 8_192;

/** @throws TypeError or RangeError if an option is not as it must be. */
export function resolveRoomOptions(options: RecordRoomOptions): RoomRecordingSettings {
  checkObject(options, 'options');
  const given = readOnce(options, 'options', OPTIONS);
  const { dir, layout = 'tracks', maxFiles = 32, maxPauseMs = 10_000, filter, signal } = given;
  const { local = false, subscribe = false, overwrite = false } = given;
  checkPath(dir, 'options.dir');
  checkOneOf(layout, 'options.layout', ROOM_LAYOUTS);
  checkInteger(maxFiles, 'options.maxFiles', { min: 1, max: MOST_FILES });
  checkInteger(maxPauseMs, 'options.maxPauseMs', { min: 500 });
  checkBoolean(local, 'options.local');
  checkBoolean(subscribe, 'options.subscribe');
  if (filter !== undefined) checkFunction(filter, 'options.filter');
  checkBoolean(overwrite, 'options.overwrite');
  checkSignal(signal, 'options.signal');
  const { channels = 1 } = given.audio ?? {};
  const fps = given.video?.fps ?? FPS[layout];
  const formats = checkedFormats(given, fps);
  checkOneOf(channels, 'options.audio.channels', [1, 2]);
  return {
    ...{
      dir: resolve(dir),
      layout,
      formats,
      channels: channels === 2 ? 2 : 1,
      maxFiles,
      maxPauseMs,
    },
    ...{ local, subscribe, filter, overwrite, signal },
    grid: { ...checkedGrid(given.grid), fps },
  };
}

function checkedFormats(given: RecordRoomOptions, fps: number): RoomRecordingSettings['formats'] {
  const { dir, videoContainer = 'mp4', audioContainer = 'mp4', overwrite, ffmpegPath } = given;
  checkOneOf(videoContainer, 'options.videoContainer', ROOM_VIDEO_CONTAINERS);
  checkOneOf(audioContainer, 'options.audioContainer', [...ROOM_VIDEO_CONTAINERS, 'wav']);
  const common = {
    ...(overwrite !== undefined && { overwrite }),
    ...(ffmpegPath !== undefined && { ffmpegPath }),
  };
  const { video, audio } = given;
  for (const [name, one] of Object.entries({ video, audio })) {
    if (one !== undefined) checkObject(one, `options.${name}`);
  }
  const sound = { ...audio };
  // Another size is not another file: its name is in the manifest.
  const pictures = { ...video, fps, onResize: 'scale' } as const;
  const formatOf = (
    container: RecordingContainer,
    recorder: MediaRecorderOptions,
  ): RecordedFormat => {
    const resolved = resolveRecorderOptions(`${dir}/x.${container}`, recorder);
    const codec = { video: resolved.video?.codec ?? '', audio: resolved.audio?.codec ?? '' };
    return { container, recorder, codec };
  };
  return {
    video: formatOf(videoContainer, { ...common, video: pictures, audio: sound }),
    audio: formatOf(audioContainer, { ...common, video: false, audio: sound }),
  };
}

function checkedGrid(grid: RoomGridOptions = {}): Required<RoomGridOptions> {
  checkObject(grid, 'options.grid');
  const { width = 1280, height = 720, maxTiles = 16, names = false } = grid;
  for (const [name, side] of Object.entries({ width, height })) {
    checkInteger(side, `options.grid.${name}`, { min: 16, max: LARGEST_GRID });
    if (side % 2 !== 0) {
      throw new RangeError(`options.grid.${name} must be even, got ${shown(side)}.`);
    }
  }
  checkInteger(maxTiles, 'options.grid.maxTiles', { min: 1, max: 100 });
  checkBoolean(names, 'options.grid.names');
  return { width, height, maxTiles, names };
}
