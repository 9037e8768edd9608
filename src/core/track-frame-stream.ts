import type { EventsOfStream } from './bounded-stream.js';
import { FrameStream } from './frame-stream.js';
import type { StreamInput } from './stream-input.js';
import type { TrackHandle } from './track-handle.js';

/** A stream of frames that come from a track, or from one after another of a participant's. */
export abstract class TrackFrameStream<
  Item,
  Frame,
  Events extends EventsOfStream<Events> = object,
> extends FrameStream<Item, Frame, Events> {
  #track: TrackHandle | undefined;

  /** @internal The track that its frames come from, or came from last. */
  get track(): TrackHandle | undefined {
    return this.#track;
  }

  /** @internal Begins to take frames. The last thing that a constructor does. */
  protected startFrom(input: StreamInput): void {
    this.start(({ end, fail }) =>
      input.feed({
        open: (track, onEnded) => {
          this.#track = track;
          return this.open(track, onEnded);
        },
        end,
        fail,
      }),
    );
  }

  /** @internal Begins to take frames from a track; returns how to stop. */
  protected abstract open(track: TrackHandle, onEnded: () => void): () => void;
}
