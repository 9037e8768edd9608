// What happens in a room, and its translation from rtc-node's events.

import type {
  Room as RtcRoom,
  LocalTrackPublication as RtcLocalPublication,
} from '@livekit/rtc-node';
import { e2eeStateOf, type NativeE2eeState } from './e2ee.js';
import { followInfo, type InfoEvent } from './info-events.js';
import { ParticipantView } from './participant-view.js';
import type { RoomTap } from './room-tap.js';
import { type DisconnectReason, disconnectReasonOf, PublicationState } from './rtc-state.js';

/** What happens during the stay. Participants are named by identity, tracks by sid. */
export type SessionEvent =
  | { readonly kind: 'participantConnected'; readonly participant: ParticipantView }
  | { readonly kind: 'participantDisconnected'; readonly identity: string }
  | TrackEvent<'trackPublished'>
  | TrackEvent<'trackUnpublished'>
  | TrackEvent<'trackSubscribed'>
  | TrackEvent<'trackUnsubscribed'>
  | TrackEvent<'trackMuted'>
  | TrackEvent<'trackUnmuted'>
  | {
      readonly kind: 'trackSubscriptionFailed';
      readonly identity: string;
      readonly sid: string;
      readonly reason: string;
    }
  | { readonly kind: 'localTrackSubscribed'; readonly sid: string }
  | { readonly kind: 'localTrackUnpublished'; readonly sid: string }
  | { readonly kind: 'localTrackRepublished'; readonly previousSid: string; readonly sid: string }
  | {
      readonly kind: 'e2eeStateChanged';
      readonly identity: string;
      readonly state: NativeE2eeState;
    }
  | InfoEvent
  | { readonly kind: 'reconnecting' | 'reconnected' }
  | { readonly kind: 'disconnected'; readonly reason: DisconnectReason };

interface TrackEvent<Kind extends string> {
  readonly kind: Kind;
  readonly identity: string;
  readonly publication: PublicationState;
}

/**
 * @internal Tells `emit` of all that happens in `rtc`, and `leave` of its end.
 */
export function followRoom(
  rtc: RtcRoom,
  tap: RoomTap,
  emit: (event: SessionEvent) => void,
  leave: (reason: DisconnectReason) => void,
): void {
  const ofTrack =
    <Kind extends string>(kind: Kind) =>
    (
      rtcPublication: ConstructorParameters<typeof PublicationState>[0],
      rtcParticipant: { readonly identity: string },
    ): TrackEvent<Kind> => ({
      kind,
      identity: rtcParticipant.identity,
      publication: new PublicationState(rtcPublication),
    });
  const published = ofTrack('trackPublished');
  const unpublished = ofTrack('trackUnpublished');
  const subscribed = ofTrack('trackSubscribed');
  const unsubscribed = ofTrack('trackUnsubscribed');
  const muted = ofTrack('trackMuted');
  const unmuted = ofTrack('trackUnmuted');
  rtc.on('participantConnected', (participant) => {
    emit({ kind: 'participantConnected', participant: new ParticipantView(participant) });
  });
  rtc.on('participantDisconnected', ({ identity }) => {
    emit({ kind: 'participantDisconnected', identity });
  });
  rtc.on('trackPublished', (...args) => {
    emit(published(...args));
  });
  rtc.on('trackUnpublished', (...args) => {
    emit(unpublished(...args));
  });
  rtc.on('trackSubscribed', (_track, ...args) => {
    emit(subscribed(...args));
  });
  rtc.on('trackUnsubscribed', (_track, ...args) => {
    emit(unsubscribed(...args));
  });
  rtc.on('trackMuted', (...args) => {
    emit(muted(...args));
  });
  rtc.on('trackUnmuted', (...args) => {
    emit(unmuted(...args));
  });
  rtc.on('trackSubscriptionFailed', (sid, { identity }, reason = '') => {
    emit({ kind: 'trackSubscriptionFailed', identity, sid, reason });
  });
  tap.after('localTrackSubscribed', ({ trackSid = '' }) => {
    emit({ kind: 'localTrackSubscribed', sid: trackSid });
  });
  // Unlike rtc-node says, there is none if we unpublished it ourselves.
  rtc.on('localTrackUnpublished', (publication: RtcLocalPublication | undefined) => {
    if (publication) emit({ kind: 'localTrackUnpublished', sid: publication.sid ?? '' });
  });
  rtc.on('localTrackRepublished', (publication, previousSid) => {
    emit({ kind: 'localTrackRepublished', previousSid, sid: publication.sid ?? '' });
  });
  tap.after('e2eeStateChanged', ({ participantIdentity = '', state }) => {
    emit({ kind: 'e2eeStateChanged', identity: participantIdentity, state: e2eeStateOf(state) });
  });
  followInfo(rtc, tap, emit);
  rtc.on('reconnecting', () => {
    emit({ kind: 'reconnecting' });
  });
  rtc.on('reconnected', () => {
    emit({ kind: 'reconnected' });
  });
  rtc.on('disconnected', (reason) => {
    leave(disconnectReasonOf(reason));
  });
}
