import { listenForAbort } from '../core/abort.js';
import { BoundedQueue } from '../core/bounded-queue.js';
import type { TrackKind } from '../core/track-handle.js';
import type { Room } from './room.js';
import { matches, type SubscribedTrack, type TrackFilter } from './subscribed-track.js';

/**
 * The tracks that a room receives: first those already there, then each that comes. Ends when the room
 * is left; leaving the loop ends it too.
 */
export class TrackIterator<Kind extends TrackKind>
  implements AsyncIterableIterator<SubscribedTrack<Kind>, undefined, undefined>, AsyncDisposable
{
  // As many as there are tracks in the room, each a few references.
  readonly #queue = new BoundedQueue<SubscribedTrack<Kind>>({
    capacity: Infinity,
    overflow: 'drop-oldest',
    discard: () => undefined,
    admit: ({ track }) => !track.ended,
  });
  readonly #stop: () => void;

  /** @internal */
  constructor(room: Room, filter: TrackFilter<Kind>) {
    const offer = (subscribed: SubscribedTrack): void => {
      if (matches(filter, subscribed)) this.#queue.push(subscribed);
    };
    const onAbort = (): void => {
      this.#stop();
      this.#queue.abort(filter.signal?.reason);
    };
    const forgetSignal = filter.signal && listenForAbort(filter.signal, onAbort);
    const offs = [
      room.on('trackSubscribed', (track, publication, participant) => {
        offer({ track, publication, participant });
      }),
      room.on('disconnected', () => {
        this.#stop();
        this.#queue.end();
      }),
    ];
    this.#stop = () => {
      forgetSignal?.();
      for (const off of offs) off();
    };
    for (const participant of room.remoteParticipants.values()) {
      for (const publication of participant.trackPublications.values()) {
        const { track } = publication;
        if (track) offer({ track, publication, participant });
      }
    }
    if (filter.signal?.aborted) onAbort();
  }

  /** The next track, or the end. @throws The signal's reason once it aborts. */
  next(): Promise<IteratorResult<SubscribedTrack<Kind>, undefined>> {
    return this.#queue.next();
  }

  /** Ends the iteration. */
  return(): Promise<IteratorResult<SubscribedTrack<Kind>, undefined>> {
    this.#stop();
    this.#queue.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
