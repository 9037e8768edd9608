import type { TrackHandle } from '../core/track-handle.js';
import type { LocalParticipant } from '../room/local-participant.js';
import type { RemoteParticipant } from '../room/remote-participant.js';
import type { Room } from '../room/room.js';
import type { LocalAudioTrack, LocalVideoTrack } from '../tracks/local-track.js';
import type { LocalTrackPublication } from '../tracks/local-track-publication.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from '../tracks/remote-track.js';
import type { RemoteTrackPublication } from '../tracks/remote-track-publication.js';
import type { RecordedEnd, RecordedParticipant, RecordedSource } from './room-manifest.js';

/** Whether a track is to be recorded. */
export type TrackChoice = (
  publication: RemoteTrackPublication | LocalTrackPublication,
  participant: RemoteParticipant | LocalParticipant,
) => boolean;

/** A track that takes part in a recording. */
export interface SeenTrack {
  readonly track: TrackHandle;
  readonly participant: RecordedParticipant;
  readonly source: RecordedSource;
  /** Whether it's muted now. */
  readonly muted: () => boolean;
  /** Why it's over, once it is. */
  readonly end: () => RecordedEnd;
}

/** How a {@link RoomTracks} is made. */
export interface RoomTracksOptions {
  /** Whether our own tracks are meant, too. */
  readonly local: boolean;
  /** Whether tracks are subscribed to that are not. */
  readonly subscribe: boolean;
  readonly filter: TrackChoice | undefined;
  /** One takes part from now on. */
  readonly came: (seen: SeenTrack) => void;
  /** One takes part no longer. A remote one's streams have ended. */
  readonly gone: (track: TrackHandle) => void;
  /** One was muted or unmuted. */
  readonly changed: (track: TrackHandle) => void;
  /** One that we asked for doesn't come. */
  readonly refused: (identity: string, sid: string, reason: string) => void;
  /** Code of the user's failed, or a track that can't be read: it's just being left. */
  readonly failed: (error: unknown) => void;
}

type AnyTrack = RemoteVideoTrack | RemoteAudioTrack | LocalVideoTrack | LocalAudioTrack;

/** The tracks of a room that are to be recorded, as they come and go. */
export class RoomTracks {
  readonly #room: Room;
  readonly #options: RoomTracksOptions;
  readonly #offs: (() => void)[];

  constructor(room: Room, options: RoomTracksOptions) {
    this.#room = room;
    this.#options = options;
    const { gone, changed, refused } = options;
    this.#offs = [
      room.on('trackSubscribed', (track, publication, participant) => {
        this.#meet(track, publication, participant);
      }),
      room.on('trackUnsubscribed', (track) => gone(track)),
      room.on('trackPublished', (publication, participant) => this.#ask(publication, participant)),
      room.on('trackSubscriptionFailed', (sid, { identity }, reason) => {
        refused(identity, sid, reason);
      }),
      room.on('trackMuted', ({ track }) => track && changed(track)),
      room.on('trackUnmuted', ({ track }) => track && changed(track)),
      room.on('localTrackPublished', (publication, me) => {
        if (options.local) this.#meet(publication.track, publication, me);
      }),
      room.on('localTrackUnpublished', ({ track }) => gone(track)),
    ];
    for (const participant of room.remoteParticipants.values()) {
      for (const publication of participant.trackPublications.values()) {
        const { track } = publication;
        if (track) this.#meet(track, publication, participant);
        else this.#ask(publication, participant);
      }
    }
    const me = room.localParticipant;
    for (const publication of options.local ? me.trackPublications.values() : []) {
      this.#meet(publication.track, publication, me);
    }
  }

  /** Looks no more. */
  close(): void {
    for (const off of this.#offs.splice(0)) off();
  }

  #meet(
    track: AnyTrack,
    publication: RemoteTrackPublication | LocalTrackPublication,
    participant: RemoteParticipant | LocalParticipant,
  ): void {
    if (track.ended || !this.#wants(publication, participant)) return;
    const { identity, sid, name } = participant;
    const local = !track.remote;
    const seen: SeenTrack = {
      track,
      participant: { identity, sid, name, local },
      source: describeSource(publication),
      muted: () => track.muted,
      end: () => {
        if (!this.#room.connected) return 'disconnected';
        if (participant.left) return 'participant-left';
        const there = participant.trackPublications.has(publication.sid);
        return there && !local ? 'unsubscribed' : 'unpublished';
      },
    };
    try {
      this.#options.came(seen);
    } catch (error) {
      this.#options.failed(error);
    }
  }

  #ask(publication: RemoteTrackPublication, participant: RemoteParticipant): void {
    if (!this.#options.subscribe || publication.subscribed) return;
    if (!this.#wants(publication, participant)) return;
    try {
      publication.subscribe();
    } catch {
      // It's no longer published: nothing is lost.
    }
  }

  #wants(...who: Parameters<TrackChoice>): boolean {
    const { filter, failed } = this.#options;
    if (!filter) return true;
    try {
      return filter(...who);
    } catch (error) {
      failed(error);
      return false;
    }
  }
}

function describeSource(
  publication: RemoteTrackPublication | LocalTrackPublication,
): RecordedSource {
  const { sid, name, kind, source, mimeType } = publication;
  return { sid, name, kind, source, mimeType };
}

/** Which of a participant's tracks belong together: those of a name. */
export function pairOf({ source, sid }: RecordedSource): string {
  if (source === 'unknown') return sid;
  return source.startsWith('screen_share') ? 'screen' : 'camera';
}

/** When we leave, tracks end so much before the room says so. */
const LEAVING_MS = 2_000;

/** Says why a track is over: what somebody says who stops it, or else what has become of it. */
export class TrackEnding {
  readonly #seen: SeenTrack;
  #end: RecordedEnd | undefined;
  #said: (() => void) | undefined;

  constructor(seen: SeenTrack) {
    this.#seen = seen;
  }

  /** Why it's over, once that's known. */
  get end(): RecordedEnd | undefined {
    return this.#end;
  }

  /** Somebody says why it's over. The first reason counts. */
  say(end: RecordedEnd): void {
    this.#end ??= end;
    this.#said?.();
  }

  /** It's over. Resolves when it's known why. */
  async known(): Promise<RecordedEnd> {
    if (!this.#end && this.#seen.end() === 'unsubscribed') {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LEAVING_MS);
        this.#said = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#end ??= this.#seen.end();
    return this.#end;
  }
}
