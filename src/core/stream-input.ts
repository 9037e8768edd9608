import { MAX_TIMER_MS } from './abort.js';
import { checkNotNegative, checkOneOf, checkPositive } from './check.js';
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

/** Which of a participant's tracks {@link participantInput} takes, and how long it waits for them. */
export interface ParticipantInputOptions {
  readonly source: TrackSource;
  readonly kind: TrackKind;
  /** How long the first track may take to appear. */
  readonly timeoutMs: number | undefined;
  /** How long the participant may be away. */
  readonly rejoinMs: number | undefined;
}

/**
 * Feeds a stream from whatever track of a source a participant has: waits for the first, goes on
 * with the next when it is published anew, also by one who comes back under the same identity, and ends
 * when the participant stays away.
 */
export function participantInput(
  participant: ParticipantHandle,
  { source, kind, timeoutMs, rejoinMs }: ParticipantInputOptions,
): StreamInput {
  checkParticipant(participant);
  checkOneOf(source, 'source', TRACK_SOURCES);
  if (timeoutMs !== undefined) checkPositive(timeoutMs, 'options.timeoutMs');
  if (rejoinMs !== undefined) checkNotNegative(rejoinMs, 'options.rejoinMs');
  return new StreamInput(({ open, end, fail }) => {
    let current: { readonly track: TrackHandle; readonly close: () => void } | undefined;
    let appeared = false;
    let stopped = false;
    let appearing: NodeJS.Timeout | undefined;
    let rejoining: NodeJS.Timeout | undefined;

    const closeCurrent = (): void => {
      const closing = current;
      current = undefined;
      closing?.close();
    };
    const stop = (): void => {
      stopped = true;
      clearTimeout(appearing);
      clearTimeout(rejoining);
      follower.stop();
      closeCurrent();
    };
    const takeTrack = (): void => {
      const track = follower.trackOf(source, kind);
      if (current && current.track !== track) closeCurrent();
      if (!track || current) return;
      appeared = true;
      clearTimeout(appearing);
      try {
        current = { track, close: open(track, update) };
      } catch (error) {
        stop();
        fail(error);
      }
    };
    const awaitReturn = (): void => {
      clearTimeout(rejoining);
      const patienceMs = follower.patienceMs(rejoinMs);
      if (patienceMs === 0) {
        stop();
        if (appeared) end();
        else fail(leftError(participant.identity, source));
      } else if (patienceMs !== undefined && patienceMs < MAX_TIMER_MS) {
        rejoining = setTimeout(update, Math.ceil(patienceMs));
      }
    };
    const update = (): void => {
      if (!stopped) takeTrack();
      if (!stopped) awaitReturn();
    };
    const follower = participant.follow(update);
    if (timeoutMs !== undefined) {
      const onTimeout = (): void => {
        stop();
        const waited = `${participant.identity} published no ${source} track within ${timeoutMs} ms.`;
        fail(new FramewireError('timeout', waited));
      };
      // A longer timer would fire at once.
      appearing = setTimeout(onTimeout, Math.min(timeoutMs, MAX_TIMER_MS));
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
