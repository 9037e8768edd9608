import type {
  IdentityFollower,
  TrackHandle,
  TrackKind,
  TrackSource,
} from '../core/track-handle.js';
import type { DisconnectReason } from '../native/rtc-state.js';
import type { Participant } from './participant.js';

/** What following an identity needs of the room. */
export interface FollowedRoom {
  /** Whether we are in it. */
  readonly presence: 'here' | 'reconnecting' | 'left';
  /** When we last came back after a reconnect, by `performance.now()`. */
  readonly backMs: number;
  byIdentity(identity: string): Participant | undefined;
  /** Calls `listener` when somebody came, or our own presence changed. Returns how to take it back. */
  onPresence(listener: () => void): () => void;
}

/**
 * To the others, a participant's full reconnect is one who leaves by itself and comes back with another
 * sid: measured on one machine, 0.14 seconds later. Across a continent it's a second or two.
 */
const REJOIN_MS = 3_000;

/**
 * One whose connection was lost, or whose server was, tries again after pauses that grow to several
 * seconds: measured, two participants came back 2 to 8.5 seconds apart.
 */
const REJOIN_AFTER_LOSS_MS = 10_000;

/** Somebody has decided that this participant is not to be here. */
const FOR_GOOD: readonly (DisconnectReason | undefined)[] = [
  'participant_removed',
  'room_deleted',
  'room_closed',
];

/** Follows whoever has a participant's identity in its room. */
export function followIdentity(
  participant: Participant,
  room: FollowedRoom,
  listener: () => void,
): IdentityFollower {
  let current = participant;
  let forget: readonly (() => void)[] = [];
  const stop = (): void => {
    for (const off of forget) off();
  };
  const listen = (): void => {
    stop();
    forget = [
      room.onPresence(update),
      current.on('tracksChanged', update),
      current.on('left', update),
    ];
  };
  const meet = (): void => {
    const now = room.byIdentity(participant.identity);
    if (!now || now === current) return;
    current = now;
    listen();
  };
  const update = (): void => {
    meet();
    listener();
  };
  listen();
  meet();
  return {
    trackOf: (source: TrackSource, kind: TrackKind): TrackHandle | undefined =>
      current.trackOf(source, kind),
    patienceMs: (rejoinMs) => {
      const { leftMs, disconnectReason: reason } = current;
      if (leftMs === undefined) return undefined;
      if (room.presence === 'left' || FOR_GOOD.includes(reason)) return 0;
      // Everybody seems to have left while we aren't there ourselves.
      if (room.presence === 'reconnecting') return Infinity;
      const patience =
        rejoinMs ?? (reason === 'client_initiated' ? REJOIN_MS : REJOIN_AFTER_LOSS_MS);
      return Math.max(0, Math.max(leftMs, room.backMs) + patience - performance.now());
    },
    stop,
  };
}
