import type { ConnectionQuality, ParticipantPermissions } from '../native/participant-view.js';
import type { DisconnectReason } from '../native/rtc-state.js';
import type { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import type { LocalTrackPublication } from '../tracks/local-track-publication.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from '../tracks/remote-track.js';
import type { RemoteDataTrack } from '../tracks/remote-data-track.js';
import type { RemoteTrackPublication } from '../tracks/remote-track-publication.js';
import type { DataPacket } from './data-packet.js';
import type { ChatMessage } from './chat-message.js';
import type { E2eeState } from './e2ee-states.js';
import type { Dtmf } from './dtmf.js';
import type { LocalParticipant } from './local-participant.js';
import type { RemoteParticipant } from './remote-participant.js';
import type { TranscriptionSegment } from './transcription.js';

/** Where a room is in its life. */
export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

/**
 * What a room tells. Besides these, `error` has what a listener threw.
 *
 * When an event comes, everything it speaks of is already so: a participant that connected is in
 * `room.remoteParticipants`, one that left is not.
 */
export interface RoomEvents {
  /** We joined. Comes before `connect()` resolves. */
  readonly connected: readonly [];
  /** We are out, for good: by `disconnect()`, by the server, or since the network was lost. */
  readonly disconnected: readonly [reason: DisconnectReason];
  /** The connection was lost and is being made again. Media stops meanwhile. */
  readonly reconnecting: readonly [];
  /** The connection is back. */
  readonly reconnected: readonly [];
  /** `room.state` changed. Comes before the event that says why. */
  readonly stateChanged: readonly [state: ConnectionState];

  /**
   * Somebody joined after us. Those who were there first are in `room.remoteParticipants`. LiveKit's
   * server tells of one who publishes nothing up to 3 seconds late.
   */
  readonly participantConnected: readonly [participant: RemoteParticipant];
  /** Somebody left. Their tracks have ended, each with its own events before this one. */
  readonly participantDisconnected: readonly [participant: RemoteParticipant];
  /** Somebody, who had joined, can send and receive from now on: `participant.state` is `active`. */
  readonly participantActive: readonly [participant: RemoteParticipant];
  /**
   * Somebody's metadata changed, maybe our own: by themselves, or by the server's API. As everywhere
   * here, what comes first is how it is now.
   */
  readonly participantMetadataChanged: readonly [
    metadata: string,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /** Somebody's name changed, maybe our own: by themselves, or by the server's API. */
  readonly participantNameChanged: readonly [
    name: string,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /**
   * Some of somebody's attributes changed, maybe our own. `changed` has those alone; a key that is gone
   * has the empty value there and is no longer in `participant.attributes`.
   */
  readonly participantAttributesChanged: readonly [
    changed: Readonly<Record<string, string>>,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /** The server's API changed what somebody may do, maybe ourselves. It holds at once. */
  readonly participantPermissionsChanged: readonly [
    permissions: ParticipantPermissions,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /** Whether somebody's tracks are encrypted end to end changed: `participant.encrypted`. */
  readonly participantEncryptionStatusChanged: readonly [
    encrypted: boolean,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /**
   * How well somebody's media gets through changed: ours, or that of somebody whose tracks we receive.
   * The server looks every 5 seconds; of one who publishes nothing it says `excellent`.
   */
  readonly connectionQualityChanged: readonly [
    quality: ConnectionQuality,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /** Who speaks now, loudest first: also in `room.activeSpeakers` and `participant.speaking`. */
  readonly activeSpeakersChanged: readonly [
    speakers: readonly (RemoteParticipant | LocalParticipant)[],
  ];

  /** Somebody sent data to us, or to everybody. Reliable packets of one sender come in order. */
  readonly dataReceived: readonly [packet: DataPacket];
  /** The application changed the room's metadata. */
  readonly roomMetadataChanged: readonly [metadata: string];
  /** The server told its id of the room: just after joining, and if a reconnect leads to another one. */
  readonly roomSidChanged: readonly [sid: string];
  /** Something that the server says of the room changed: its metadata, its numbers, the recording. */
  readonly roomUpdated: readonly [];
  /** Somebody began to record the room, or nobody does any longer. */
  readonly recordingChanged: readonly [recording: boolean];
  /** The server moved us to another room, which `room` is from now on. LiveKit Cloud only. */
  readonly moved: readonly [];
  /**
   * The server gave us a fresh access token, with what we may do now, for reconnecting: just after
   * joining, when anything in it changes, and in time before the old one is no longer valid.
   */
  readonly tokenRefreshed: readonly [];

  /** Somebody published a track after we joined. */
  readonly trackPublished: readonly [
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
  ];
  /** Somebody took a track back, or left. */
  readonly trackUnpublished: readonly [
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
  ];
  /** We receive a track from now on, also one that was published before we joined. */
  readonly trackSubscribed: readonly [
    track: RemoteVideoTrack | RemoteAudioTrack,
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
  ];
  /** We no longer receive a track. It and its streams have ended. */
  readonly trackUnsubscribed: readonly [
    track: RemoteVideoTrack | RemoteAudioTrack,
    publication: RemoteTrackPublication,
    participant: RemoteParticipant,
  ];
  /** A track that we asked for does not come. */
  readonly trackSubscriptionFailed: readonly [
    sid: string,
    participant: RemoteParticipant,
    reason: string,
  ];
  /** Somebody muted a track: no video frames come, and silent audio. */
  readonly trackMuted: readonly [
    publication: RemoteTrackPublication | LocalTrackPublication,
    participant: RemoteParticipant | LocalParticipant,
  ];
  /** Somebody unmuted a track. */
  readonly trackUnmuted: readonly [
    publication: RemoteTrackPublication | LocalTrackPublication,
    participant: RemoteParticipant | LocalParticipant,
  ];

  /**
   * Whether the media of a participant, which may be ourselves, can be encrypted or decrypted has changed.
   * It tells of all their encrypted tracks at once, after they were subscribed to; while it's anything but
   * `ok` or `key-ratcheted`, streams give nothing that could not be decrypted. `not-encrypted` is about the
   * track that was subscribed to last.
   */
  readonly e2eeStateChanged: readonly [
    state: E2eeState,
    participant: RemoteParticipant | LocalParticipant,
  ];

  /**
   * Somebody sent a chat message, or edited one. The participant is `undefined` if the server has not told us of
   * it yet. Our own messages don't come.
   */
  readonly chatMessage: readonly [message: ChatMessage, participant: RemoteParticipant | undefined];
  /**
   * An agent sent what somebody said, who may be ourselves: with `publishTranscription()`. Today's agents of
   * LiveKit's send text streams of topic `lk.transcription` instead, or as well. The participant and the publication
   * are `undefined` if we don't know of them.
   */
  readonly transcriptionReceived: readonly [
    segments: readonly TranscriptionSegment[],
    participant: RemoteParticipant | LocalParticipant | undefined,
    publication: RemoteTrackPublication | LocalTrackPublication | undefined,
  ];
  /**
   * Somebody published a data track, or had when we joined: then it comes right after `connected`. Its publisher is
   * perhaps not yet in `room.remoteParticipants`.
   */
  readonly dataTrackPublished: readonly [track: RemoteDataTrack];
  /** Somebody took a data track back, or left. Its streams have ended. Not when we leave. */
  readonly dataTrackUnpublished: readonly [track: RemoteDataTrack];
  /** Somebody pressed a key of a telephone. */
  readonly dtmfReceived: readonly [key: Dtmf, participant: RemoteParticipant | undefined];

  /** A track of ours was published. Comes before `publishTrack()` resolves. */
  readonly localTrackPublished: readonly [
    publication: LocalTrackPublication,
    participant: LocalParticipant,
  ];
  /** A track of ours is no longer published: by us, by the server, or since we left. */
  readonly localTrackUnpublished: readonly [
    publication: LocalTrackPublication,
    participant: LocalParticipant,
  ];
  /** After a full reconnect a track of ours was published again, under another sid. */
  readonly localTrackRepublished: readonly [
    publication: LocalTrackPublication,
    previousSid: string,
    participant: LocalParticipant,
  ];
  /** Somebody subscribed to a track of ours, for the first time since it was published. */
  readonly localTrackSubscribed: readonly [
    track: LocalVideoTrack | LocalAudioTrack,
    publication: LocalTrackPublication,
  ];
}
