import { AudioSource } from '../../audio/audio-source.js';
import { AudioStream } from '../../audio/audio-stream.js';
import { wallClockUs } from '../../core/clock.js';
import { log } from '../../core/log.js';
import type { TrackKind } from '../../core/track-handle.js';
import type { Room } from '../../room/room.js';
import { LocalAudioTrack, LocalVideoTrack } from '../../tracks/local-track.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from '../../tracks/remote-track.js';
import type { RemoteTrackPublication } from '../../tracks/remote-track-publication.js';
import { byteLengthOf } from '../../video/pixel-format.js';
import type { VideoFrame } from '../../video/video-frame.js';
import { MIN_VIDEO_DIMENSION, VideoSource } from '../../video/video-source.js';
import { VideoStream } from '../../video/video-stream.js';
import { drawEdges, drawLabel } from './edges.js';
import { HopMeter } from './hop-meter.js';
import { type GuestFigures, returnedName } from './protocol.js';
import { RobotVoice } from './robot-voice.js';

const LABEL = 'EDGES BY FRAMEWIRE';
const SAMPLE_RATE = 48_000;
/** What a guest gets back: the longer side in pixels, and the rate. */
const LONGER_SIDE = 640;
const FPS = 24;

/** Somebody who shows the agent a camera or a microphone, and gets them back processed. */
export class Guest {
  readonly identity: string;
  readonly #room: Room;
  /** At most one of a kind. */
  readonly #publications = new Map<TrackKind, RemoteTrackPublication>();
  readonly #work = new Set<Promise<void>>();
  #state: GuestFigures['state'] = 'waiting';
  #meter: HopMeter | undefined;

  constructor(room: Room, identity: string) {
    this.#room = room;
    this.identity = identity;
  }

  /** Whether the guest shows nothing any more. */
  get gone(): boolean {
    return this.#publications.size === 0;
  }

  /** Whether it's sent back what it shows. */
  get state(): GuestFigures['state'] {
    return this.#state;
  }

  /** Resolves when nothing of what this guest needed is left. */
  get done(): Promise<unknown> {
    return Promise.all(this.#work);
  }

  /** What came from its camera since the last call. */
  async figures(): Promise<GuestFigures> {
    await this.#meter?.figures();
    return this.newest;
  }

  /** What the last call of {@link Guest.figures} gave. */
  get newest(): GuestFigures {
    const { identity } = this;
    return { identity, state: this.#state, camera: this.#meter?.newest ?? null };
  }

  /** The guest shows something. A second one of a kind is left alone. */
  published(publication: RemoteTrackPublication): void {
    if (this.#publications.has(publication.kind)) return;
    this.#publications.set(publication.kind, publication);
    if (this.#state === 'processed') publication.subscribe();
  }

  /** The guest shows it no more. */
  unpublished(publication: RemoteTrackPublication): void {
    if (this.#publications.get(publication.kind) !== publication) return;
    this.#publications.delete(publication.kind);
  }

  /** It's the guest's turn: what it shows is received from now on, and sent back. */
  begin(): void {
    this.#state = 'processed';
    for (const publication of this.#publications.values()) publication.subscribe();
  }

  /** Sends back what is received. Ends with the track. */
  process(track: RemoteVideoTrack | RemoteAudioTrack): void {
    const work = track.kind === 'video' ? this.#sendEdges(track) : this.#sendVoice(track);
    const done = work
      .catch((error: unknown) => {
        // A guest's trouble is not the demo's; that the room was left ends everything anyway.
        if (this.#room.connected && !track.ended)
          log('warn', 'a guest is not processed', { error });
      })
      .finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  async #sendEdges(track: RemoteVideoTrack): Promise<void> {
    await using stream = new VideoStream(track, { format: 'I420', fps: FPS, upright: true });
    const meter = new HopMeter(stream, track);
    this.#meter = meter;
    let camera: VideoSource | undefined;
    let returned: LocalVideoTrack | undefined;
    let pixels = new Uint8Array(0);
    try {
      for await (using frame of stream) {
        const { captureTimeUs } = frame.metadata;
        meter.add(frame, captureTimeUs === undefined ? undefined : wallClockUs() - captureTimeUs);
        const bytes = byteLengthOf('I420', frame.width, frame.height);
        if (pixels.length !== bytes) pixels = new Uint8Array(bytes);
        frame.borrow((view) => {
          drawEdges(view, pixels, frame);
        });
        drawLabel(pixels, frame, LABEL);
        using edges = frame.replace(pixels);
        // The capture time goes along by itself: the guest can tell the time of the whole way.
        if (camera) {
          camera.captureFrame(edges);
        } else {
          camera = new VideoSource({ ...sizeFor(frame), onResize: 'scale' });
          camera.captureFrame(edges);
          returned = LocalVideoTrack.create(returnedName('video', this.identity), camera);
          await this.#room.localParticipant.publishTrack(returned, {
            codec: 'vp8',
            simulcast: false,
            maxFps: FPS,
            maxBitrateBps: 1_500_000,
          });
        }
      }
    } finally {
      this.#meter = undefined;
      await returned?.close();
      camera?.close();
    }
  }

  async #sendVoice(track: RemoteAudioTrack): Promise<void> {
    const voice = new AudioSource({ sampleRate: SAMPLE_RATE, channels: 1, queueMs: 200 });
    const returned = LocalAudioTrack.create(returnedName('audio', this.identity), voice);
    try {
      await using stream = new AudioStream(track, { sampleRate: SAMPLE_RATE, channels: 1 });
      await this.#room.localParticipant.publishTrack(returned);
      const robot = new RobotVoice(SAMPLE_RATE);
      for await (const frame of stream) {
        robot.process(frame.data);
        await voice.captureFrame(frame);
      }
    } finally {
      await returned.close();
      voice.close();
    }
  }
}

/** The size that a guest's picture is sent back in: encoders begin with less than they come to. */
function sizeFor({ width, height }: VideoFrame): {
  readonly width: number;
  readonly height: number;
} {
  const scale = LONGER_SIDE / Math.max(width, height);
  const fitted = (side: number): number =>
    Math.max(MIN_VIDEO_DIMENSION, Math.round((side * scale) / 4) * 4);
  return { width: fitted(width), height: fitted(height) };
}
