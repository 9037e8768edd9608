import type { Room as RtcRoom, LocalTrackPublication } from '@livekit/rtc-node';
import type { OwnedTrackPublication, TrackPublishOptions } from '@livekit/rtc-ffi-bindings';
import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';
import { ffi } from './ffi-client.js';
import type { EventValue } from './ffi-messages.js';
import { rtcNode } from './rtc-node.js';
import type { RtcSession } from './rtc-session.js';

/** What rtc-node's types leave out. */
type PublicationClass = new (owned: OwnedTrackPublication) => LocalTrackPublication;

/**
 * Publishes and unpublishes, past rtc-node's own methods: those hold back every event of the room until
 * the server answers, which during a reconnect takes as long as that does.
 */
export class LocalTracks {
  readonly #session: RtcSession;
  readonly #rtc: RtcRoom;
  /** What was unpublished while the connection was being made again, which may republish it. */
  readonly #unwanted = new Set<string>();
  /** Aborts when the connection is back. */
  #back = new AbortController();

  constructor(session: RtcSession, rtc: RtcRoom) {
    this.#session = session;
    this.#rtc = rtc;
    session.tap.take('localTrackRepublished', ({ previousSid, info }) => {
      if (previousSid === undefined || !this.#unwanted.delete(previousSid)) return false;
      if (info?.sid !== undefined) this.#takeBack(info.sid);
      return true;
    });
    session.tap.after('reconnected', () => {
      this.#unwanted.clear();
      this.#back.abort();
      this.#back = new AbortController();
    });
  }

  /**
   * Publishes the native track of a handle.
   *
   * @throws FramewireError `disconnected` or `native`. The signal's reason: what comes about all the same
   * is taken back.
   */
  async publish(
    trackHandle: number,
    options: TrackPublishOptions,
    signal: AbortSignal | undefined,
  ): Promise<LocalTrackPublication> {
    signal?.throwIfAborted();
    const localParticipantHandle = this.#session.localParticipantHandle;
    const value = { localParticipantHandle, trackHandle: BigInt(trackHandle), options };
    const answer = new Promise<LocalTrackPublication>((resolve, reject) => {
      const forget = ffi().ask('publishTrack', value, ({ message }: EventValue<'publishTrack'>) => {
        offEnd();
        // At once: the next event may be about this publication.
        if (message.case === 'publication') resolve(this.#add(message.value));
        else reject(new Error(message.value ?? 'no reason was given'));
      });
      const offEnd = this.#session.onEnd(() => {
        forget();
        reject(new FramewireError('disconnected', 'The room was left.'));
      });
    });
    return untilAborted(answer, signal, ({ sid }) => {
      if (sid !== undefined) this.#takeBack(sid);
    });
  }

  /**
   * Takes a publication back. One that the native side doesn't know any more is no error.
   *
   * @throws FramewireError `disconnected` or `native`.
   */
  async unpublish(sid: string): Promise<void> {
    const publication = this.#publications.get(sid);
    const error = await this.#askToUnpublish(sid);
    if (error !== undefined) {
      // It was published again meanwhile.
      if (publication?.sid !== undefined && publication.sid !== sid) {
        await this.unpublish(publication.sid);
        return;
      }
      // Whatever it says, the native side has forgotten the publication: during a reconnect it complains
      // about a connection that is no longer there.
      log('debug', 'a track was unpublished with an error', { error });
      this.#unwanted.add(sid);
    }
    this.#publications.delete(sid);
  }

  /**
   * What the native side complains about. During a quick reconnect it does what it's asked at once, but
   * never answers: its being back is as good.
   */
  async #askToUnpublish(trackSid: string): Promise<string | undefined> {
    const back = this.#back.signal;
    const { localParticipantHandle } = this.#session;
    const value = { localParticipantHandle, trackSid, stopOnUnpublish: true };
    try {
      return (await this.#session.request('unpublishTrack', value, back)).error;
    } catch (error) {
      if (back.aborted && error === back.reason) return undefined;
      throw error;
    }
  }

  get #publications(): Map<string, LocalTrackPublication> {
    return this.#rtc.localParticipant?.trackPublications ?? new Map<string, never>();
  }

  #add(owned: OwnedTrackPublication): LocalTrackPublication {
    const { LocalTrackPublication: Publication } = rtcNode();
    // Without a track of rtc-node's: those are for its frame processors.
    const publication = new (Publication as unknown as PublicationClass)(owned);
    this.#publications.set(publication.sid ?? '', publication);
    return publication;
  }

  #takeBack(sid: string): void {
    this.unpublish(sid).catch((error: unknown) => {
      // With the room, it's gone too.
      if (this.#session.isConnected()) log('warn', 'a track could not be taken back', { error });
    });
  }
}
