import { checkBoolean, checkObject, checkString, shown } from '../core/check.js';
import { checkTrackSid } from '../core/track-handle.js';
import { sendSubscriptionPermissions } from '../native/subscription-requests.js';
import type { RtcSession } from '../native/rtc-session.js';

/** Which of our tracks one participant may subscribe to. */
export interface ParticipantTrackPermission {
  /** Whose permission it is. */
  readonly participantIdentity: string;
  /** Everything that we publish, now and later. Default `false`. */
  readonly allTracksAllowed?: boolean;
  /** The sids of what it may subscribe to. Default: none. */
  readonly allowedTrackSids?: readonly string[];
}

/** Who may subscribe to our tracks. */
export interface TrackSubscriptionPermissions {
  /** Everybody, to everything: `permissions` has no effect then. */
  readonly allParticipantsAllowed: boolean;
  /** Who may, if not everybody. Who isn't named may not. Default: nobody. */
  readonly permissions?: readonly ParticipantTrackPermission[];
}

/** What is to be told to the server. */
export interface CheckedPermissions {
  readonly allParticipantsAllowed: boolean;
  readonly permissions: readonly Required<ParticipantTrackPermission>[];
}

/** A copy. @throws TypeError or RangeError if something is not as it must be. */
export function checkedSubscriptionPermissions(
  options: TrackSubscriptionPermissions,
): CheckedPermissions {
  checkObject(options, 'options');
  const { allParticipantsAllowed, permissions = [] } = options;
  checkBoolean(allParticipantsAllowed, 'options.allParticipantsAllowed');
  checkArray(permissions, 'options.permissions');
  return {
    allParticipantsAllowed,
    // From, and not map, which passes over holes.
    permissions: Array.from(permissions, (one, i) => checked(one, `options.permissions[${i}]`)),
  };
}

function checked(permission: unknown, name: string): Required<ParticipantTrackPermission> {
  checkObject(permission, name);
  const {
    participantIdentity,
    allTracksAllowed = false,
    allowedTrackSids = [],
  } = permission as ParticipantTrackPermission;
  checkString(participantIdentity, `${name}.participantIdentity`);
  checkBoolean(allTracksAllowed, `${name}.allTracksAllowed`);
  checkArray(allowedTrackSids, `${name}.allowedTrackSids`);
  const sids = Array.from(allowedTrackSids as readonly unknown[], (sid, k) => {
    checkTrackSid(sid, `${name}.allowedTrackSids[${k}]`);
    return sid;
  });
  return { participantIdentity, allTracksAllowed, allowedTrackSids: sids };
}

/** Tells the server. */
export function setSubscriptionPermissions(
  session: RtcSession,
  { allParticipantsAllowed, permissions }: CheckedPermissions,
): void {
  sendSubscriptionPermissions(
    session,
    allParticipantsAllowed,
    permissions.map(({ participantIdentity, allTracksAllowed, allowedTrackSids }) => ({
      participantIdentity,
      allowAll: allTracksAllowed,
      allowedTrackSids: [...allowedTrackSids],
    })),
  );
}

function checkArray(value: unknown, name: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array, got ${shown(value)}.`);
}
