import { MAX_TIMER_MS } from './abort.js';
import { checkOneOf, checkPositive } from './check.js';
import { FramewireError } from './errors.js';
import {
  checkParticipant,
  type ParticipantHandle,
  TRACK_SOURCES,
  type TrackHandle,
  type TrackKind,
  type TrackSource,
} from './track-handle.js';

/** What a {@link StreamInput} does with the stream that it feeds. */
export interface StreamOutlet {
  /** Begins to take frames from `track`. Returns how to stop. */
  readonly open: (track: TrackHandle, onEnded: () => void) => () => void;
  /** No frame comes any more. */
  readonly end: () => void;
  /** No frame comes any more, and that is an error. */
  readonly fail: (error: unknown) => void;
}

/** Where a stream's frames come from. */
export class StreamInput {
  /** Feeds the outlet, until the returned function is called. */
  readonly feed: (outlet: StreamOutlet) => () => void;

  constructor(feed: (outlet: StreamOutlet) => () => void) {
    this.feed = feed;
  }
}

/** Feeds a stream from one track, until that ends. */
export function fromTrack(track: TrackHandle): StreamInput {
  return new StreamInput(({ open, end }) => {
    if (track.ended) {
      end();
      return () => undefined;
    }
    const opened: { close?: () => void; stopped: boolean } = { stopped: false };
    const stop = (): void => {
      opened.stopped = true;
      forget();
      opened.close?.();
      delete opened.close;
    };
    const onEnded = (): void => {
      stop();
      end();
    };
    const forget = track.onEnded(onEnded);
    try {
      opened.close = open(track, onEnded);
    } catch (error) {
      forget();
      throw error;
    }
    // The end may have come while it was opened.
    if (opened.stopped) stop();
    return stop;
  });
}

/** Which of a participant's tracks {@link participantInput} takes. */
export interface ParticipantInputOptions {
  readonly source: TrackSource;
  readonly kind: TrackKind;
  /** How long the first track may take to appear. */
  readonly timeoutMs: number | undefined;
}

/**
 * Feeds a stream from whatever track of a source a participant has: waits for the first, goes on
 * with the next when it is published anew, and ends when the participant leaves.
 */
export function participantInput(
  participant: ParticipantHandle,
  { source, kind, timeoutMs }: ParticipantInputOptions,
): StreamInput {
  checkParticipant(participant);
  checkOneOf(source, 'source', TRACK_SOURCES);
  if (timeoutMs !== undefined) checkPositive(timeoutMs, 'options.timeoutMs');
  return new StreamInput(({ open, end, fail }) => {
    let current: { readonly track: TrackHandle; readonly close: () => void } | undefined;
    let appeared = false;
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;

    const closeCurrent = (): void => {
      const closing = current;
      current = undefined;
      closing?.close();
    };
    const stop = (): void => {
      stopped = true;
      clearTimeout(timer);
      forget();
      closeCurrent();
    };
    const update = (): void => {
      if (stopped) return;
      const track = participant.trackOf(source, kind);
      if (current && current.track !== track) closeCurrent();
      if (participant.left) {
        stop();
        if (appeared) end();
        else fail(leftError(participant.identity, source));
      } else if (track && !current) {
        appeared = true;
        clearTimeout(timer);
        try {
          current = { track, close: open(track, update) };
        } catch (error) {
          stop();
          fail(error);
        }
      }
    };
    const forget = participant.onTracksChanged(update);
    if (timeoutMs !== undefined) {
      const onTimeout = (): void => {
        stop();
        const waited = `${participant.identity} published no ${source} track within ${timeoutMs} ms.`;
        fail(new FramewireError('timeout', waited));
      };
      // A longer timer would fire at once.
      timer = setTimeout(onTimeout, Math.min(timeoutMs, MAX_TIMER_MS));
    }
    update();
    return stop;
  });
}

function leftError(identity: string, source: TrackSource): FramewireError {
  return new FramewireError(
    'participant-left',
    `${identity} left the room before publishing a ${source} track.`,
  );
}
