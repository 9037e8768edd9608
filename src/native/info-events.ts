// What the server says of participants and of the room changes: the events, from the native side's.

import type { Room as RtcRoom } from '@livekit/rtc-node';
import {
  attributesOf,
  type ConnectionQuality,
  connectionQualityOf,
  type ParticipantPermissions,
  permissionsOf,
} from './participant-view.js';
import type { RoomTap, TapCase, TapValue } from './room-tap.js';

/** What changes of a participant, named by identity. */
export type ParticipantInfoEvent =
  | Of<'participantActive'>
  | (Of<'participantMetadataChanged'> & { readonly metadata: string })
  | (Of<'participantNameChanged'> & { readonly name: string })
  | (Of<'participantAttributesChanged'> & { readonly changed: Readonly<Record<string, string>> })
  | (Of<'participantPermissionsChanged'> & { readonly permissions: ParticipantPermissions })
  | (Of<'participantEncryptionStatusChanged'> & { readonly encrypted: boolean })
  | (Of<'connectionQualityChanged'> & { readonly quality: ConnectionQuality })
  | { readonly kind: 'activeSpeakersChanged'; readonly identities: readonly string[] };

/** What changes of the room. */
export type RoomInfoEvent =
  | { readonly kind: 'roomMetadataChanged'; readonly metadata: string }
  | { readonly kind: 'roomSidChanged'; readonly sid: string }
  | { readonly kind: 'roomUpdated' | 'moved' | 'tokenRefreshed' };

/** What changes. */
export type InfoEvent = ParticipantInfoEvent | RoomInfoEvent;

interface Of<Kind extends string> {
  readonly kind: Kind;
  readonly identity: string;
}

/** The parts of rtc-node's Room that its types don't show. */
interface RoomInsides {
  readonly info?: { sid?: string };
}

/** @internal Tells `emit` of what changes, once rtc-node knows of it. */
export function followInfo(rtc: RtcRoom, tap: RoomTap, emit: (event: InfoEvent) => void): void {
  const translate = <C extends TapCase>(
    name: C,
    of: (value: TapValue<C>) => InfoEvent | undefined,
  ): void => {
    tap.after(name, (value) => {
      const event = of(value);
      if (event) emit(event);
    });
  };
  const infoOf = (identity: string) =>
    (identity === rtc.localParticipant?.identity
      ? rtc.localParticipant
      : rtc.remoteParticipants.get(identity)
    )?.info;

  translate('participantActive', ({ participantIdentity: identity = '' }) => {
    // rtc-node doesn't know this event, nor that of permissions.
    const info = infoOf(identity);
    if (info) info.state = ACTIVE;
    return { kind: 'participantActive', identity };
  });
  translate(
    'participantMetadataChanged',
    ({ participantIdentity: identity = '', metadata = '' }) => ({
      kind: 'participantMetadataChanged',
      identity,
      metadata,
    }),
  );
  translate('participantNameChanged', ({ participantIdentity: identity = '', name = '' }) => ({
    kind: 'participantNameChanged',
    identity,
    name,
  }));
  translate('participantAttributesChanged', (value) => {
    const { participantIdentity: identity = '', changedAttributes } = value;
    const changed = attributesOf(changedAttributes.map(({ key = '', value = '' }) => [key, value]));
    if (Object.keys(changed).length === 0) return undefined;
    return { kind: 'participantAttributesChanged', identity, changed };
  });
  translate(
    'participantPermissionChanged',
    ({ participantIdentity: identity = '', permission }) => {
      const info = infoOf(identity);
      if (!info || !permission) return undefined;
      info.permission = permission;
      const permissions = permissionsOf(permission);
      return { kind: 'participantPermissionsChanged', identity, permissions };
    },
  );
  translate('participantEncryptionStatusChanged', (value) => {
    const { participantIdentity: identity = '', isEncrypted: encrypted = false } = value;
    return { kind: 'participantEncryptionStatusChanged', identity, encrypted };
  });
  translate('connectionQualityChanged', ({ participantIdentity: identity = '', quality }) => ({
    kind: 'connectionQualityChanged',
    identity,
    quality: connectionQualityOf(quality),
  }));
  // rtc-node tells of nobody if it doesn't know one of them.
  translate('activeSpeakersChanged', ({ participantIdentities: identities }) => ({
    kind: 'activeSpeakersChanged',
    identities,
  }));
  translate('roomMetadataChanged', ({ metadata = '' }) => ({
    kind: 'roomMetadataChanged',
    metadata,
  }));
  translate('roomSidChanged', ({ sid = '' }) => {
    // rtc-node forgets it.
    const { info } = rtc as unknown as RoomInsides;
    if (info) info.sid = sid;
    return { kind: 'roomSidChanged', sid };
  });
  translate('roomUpdated', () => ({ kind: 'roomUpdated' }));
  translate('moved', () => ({ kind: 'moved' }));
  translate('tokenRefreshed', () => ({ kind: 'tokenRefreshed' }));
}

/** LiveKit's number for a participant that can send and receive. */
const ACTIVE = 2;
