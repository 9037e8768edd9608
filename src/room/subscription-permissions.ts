import { checkBoolean, checkOptions, checkString, shown } from '../core/check.js';
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

/** @throws TypeError or RangeError if something is not as it must be. */
export function checkSubscriptionPermissions(options: TrackSubscriptionPermissions): void {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
  checkOptions(options ?? null, 'options');
  const { allParticipantsAllowed, permissions } = options;
  checkBoolean(allParticipantsAllowed, 'options.allParticipantsAllowed');
  if (permissions === undefined) return;
  checkArray(permissions, 'options.permissions');
  permissions.forEach((permission, i) => {
    const name = `options.permissions[${i}]`;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
    checkOptions(permission ?? null, name);
    const { participantIdentity, allTracksAllowed, allowedTrackSids } = permission;
    checkString(participantIdentity, `${name}.participantIdentity`);
    if (allTracksAllowed !== undefined) checkBoolean(allTracksAllowed, `${name}.allTracksAllowed`);
    if (allowedTrackSids === undefined) return;
    checkArray(allowedTrackSids, `${name}.allowedTrackSids`);
    allowedTrackSids.forEach((sid, k) => {
      checkString(sid, `${name}.allowedTrackSids[${k}]`);
    });
  });
}

/** Tells the server. */
export function setSubscriptionPermissions(
  session: RtcSession,
  { allParticipantsAllowed, permissions = [] }: TrackSubscriptionPermissions,
): void {
  sendSubscriptionPermissions(
    session,
    allParticipantsAllowed,
    permissions.map(({ participantIdentity, allTracksAllowed = false, allowedTrackSids = [] }) => ({
      participantIdentity,
      allowAll: allTracksAllowed,
      allowedTrackSids: [...allowedTrackSids],
    })),
  );
}

function checkArray(value: unknown, name: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array, got ${shown(value)}.`);
}
