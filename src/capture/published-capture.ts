import { deadline, type Deadline, untilAborted } from '../core/abort.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { givenOptions } from '../core/given-options.js';
import { log } from '../core/log.js';
import type { TrackKind } from '../core/track-handle.js';
import type { PublishOptions } from '../room/publish-options.js';
import type { Room } from '../room/room.js';
import type { LocalTrackPublication } from '../tracks/local-track-publication.js';
import type { TrackFeed } from './track-feed.js';
import type { CaptureKinds } from './capture-stream.js';

/**
 * Why something that was published from a device is no longer so.
 *
 * - `closed`: `close()` was called.
 * - `ended`: the device, or the file, gave its last frame, and that was sent.
 * - `failed`: the device was lost, or its frames could not be sent; `error` says how.
 * - `unpublished`: the track was unpublished or closed, by us or by the server.
 * - `disconnected`: the room was left.
 * - `aborted`: the signal aborted; `error` is its reason.
 */
export const CAPTURE_ENDS = [
  'closed',
  'ended',
  'failed',
  'unpublished',
  'disconnected',
  'aborted',
] as const;

/** How a {@link PublishedCapture} ended. */
export interface CaptureEnd {
  /** See {@link CAPTURE_ENDS}. */
  readonly reason: (typeof CAPTURE_ENDS)[number];
  /** What went wrong, with `failed`; with `aborted` the signal's reason. */
  readonly error?: unknown;
}

/** How a {@link PublishedCapture} is made. */
export interface PublishingOptions<Kind extends TrackKind> {
  /** Opens the device; `signal` aborts when it's to be closed, however that comes about. */
  readonly open: (signal: AbortSignal) => TrackFeed<Kind> | Promise<TrackFeed<Kind>>;
  /** The track's name. */
  readonly name: string;
  /** How it's published; any other options among them are left alone. */
  readonly publish: PublishOptions;
  readonly signal: AbortSignal | undefined;
}

/**
 * A device, or whatever else gives frames, that is published as a track: its frames go to the track until
 * either ends. When the connection is made again, it's published again, as every track.
 *
 * However it ends, the device is freed, the track unpublished and closed: see {@link PublishedCapture.closed}.
 * Mute it by its track.
 *
 * @example
 * ```ts
 * await using camera = await publishCamera(room, { width: 1280, height: 720 });
 * camera.track.mute();
 * const { reason, error } = await camera.closed;
 * ```
 */
export class PublishedCapture<Kind extends TrackKind = TrackKind> implements AsyncDisposable {
  /** The track that others see or hear. */
  readonly track: CaptureKinds[Kind]['track'];
  /** Where it's published. */
  readonly publication: LocalTrackPublication;
  /**
   * Resolves when everything is freed, with the reason. Never rejects: a device that fails is no unhandled
   * rejection; it's also logged as a warning.
   */
  readonly closed: Promise<CaptureEnd>;
  readonly #feed: TrackFeed<Kind>;
  readonly #life: Life;
  readonly #offs: readonly (() => void)[];
  #resolve: (end: CaptureEnd) => void = () => undefined;
  #closing: Promise<void> | undefined;

  private constructor(parts: {
    readonly room: Room;
    readonly feed: TrackFeed<Kind>;
    readonly track: CaptureKinds[Kind]['track'];
    readonly publication: LocalTrackPublication;
    readonly life: Life;
  }) {
    const { room, feed, track, publication, life } = parts;
    this.track = track;
    this.publication = publication;
    this.#feed = feed;
    this.#life = life;
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const unpublished = (): void => {
      const left = room.leaving || !room.connected;
      this.#end({ reason: left ? 'disconnected' : 'unpublished' });
    };
    this.#offs = [
      track.onEnded(unpublished),
      room.on('localTrackUnpublished', (one) => {
        if (one === publication) unpublished();
      }),
    ];
    const { signal } = life;
    const aborted = (): void => this.#end(endOf(signal.reason, life));
    signal.addEventListener('abort', aborted, { once: true });
    // It may have been aborted in the turn in which it was published.
    if (signal.aborted) aborted();
    feed.run().then(
      () => this.#end({ reason: 'ended' }),
      (error: unknown) => this.#end(endOf(error, life)),
    );
  }

  /**
   * @internal Opens a device and publishes it. Whatever goes wrong, the device is freed.
   *
   * @throws FramewireError `disconnected` if the room is not connected, or left meanwhile; and what opening
   * and publishing throw. The signal's reason if it aborts.
   */
  static async publish<Kind extends TrackKind>(
    room: Room,
    { open, name, publish, signal }: PublishingOptions<Kind>,
  ): Promise<PublishedCapture<Kind>> {
    signal?.throwIfAborted();
    if (!room.connected) throw notConnected();
    const life = new Life(room, signal);
    let feed: TrackFeed<Kind> | undefined;
    let track: CaptureKinds[Kind]['track'] | undefined;
    try {
      const opened = await open(life.signal);
      feed = opened;
      track = await untilAborted(opened.open(name), life.signal, () => {
        opened.close();
      });
      const publication = await room.localParticipant.publishTrack(track, {
        ...feed.publishDefaults,
        ...givenOptions(publish),
        signal: life.signal,
      });
      return new PublishedCapture({ room, feed, track, publication, life });
    } catch (error) {
      life[Symbol.dispose]();
      await free(feed, track);
      throw error;
    }
  }

  /** What was counted so far of the frames on their way from the device to the track. */
  get stats(): CaptureKinds[Kind]['stats'] {
    return this.#feed.stream.stats;
  }

  /** Frees the device, and unpublishes and closes the track. Safe to call twice. */
  close(): Promise<void> {
    this.#end({ reason: 'closed' });
    return this.closed.then(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(end: CaptureEnd): void {
    this.#closing ??= this.#free(end);
  }

  async #free(end: CaptureEnd): Promise<void> {
    if (end.reason === 'failed') {
      log('warn', 'a published device ended with an error', { error: end.error });
    }
    for (const off of this.#offs) off();
    this.#life[Symbol.dispose]();
    await free(this.#feed, this.track);
    this.#resolve(end);
  }
}

/** As long as a device may be open: until the room is left or the user's signal aborts. */
class Life implements Disposable {
  readonly #deadline: Deadline;
  readonly #off: () => void;
  #left = false;

  constructor(room: Room, signal: AbortSignal | undefined) {
    this.#deadline = deadline({ signal, timeoutMs: undefined, onTimeout: notConnected });
    this.#off = room.on('disconnected', () => {
      this.#left = true;
      this.#deadline.abort(notConnected());
    });
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Whether the room was left. */
  get left(): boolean {
    return this.#left;
  }

  [Symbol.dispose](): void {
    this.#off();
    this.#deadline[Symbol.dispose]();
  }
}

function endOf(error: unknown, { signal, left }: Life): CaptureEnd {
  if (left) return { reason: 'disconnected' };
  if (signal.aborted) return { reason: 'aborted', error: signal.reason as unknown };
  return { reason: 'failed', error };
}

/** Frees everything, as far as it's there. Nothing that fails keeps the rest from being freed. */
async function free(
  feed: TrackFeed<TrackKind> | undefined,
  track: CaptureKinds[TrackKind]['track'] | undefined,
): Promise<void> {
  const closing = await Promise.allSettled([feed?.stream.close(), track?.close()]);
  feed?.close();
  for (const one of closing) {
    if (one.status === 'fulfilled') continue;
    const { reason: error } = one as { readonly reason: unknown };
    // That unpublishing found the room left is what was wanted.
    if (error instanceof FramewireError && error.code === 'disconnected') continue;
    log('warn', 'a published device could not be closed as it should', { error });
  }
}
