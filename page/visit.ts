import {
  ConnectionState,
  DisconnectReason,
  type LocalParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
} from 'livekit-client';
import type { Ticket } from '../src/cli/demo/page/page-news.js';

/** A track that the page has a place for. */
export interface Seat {
  /** Whose it is. */
  readonly identity: string;
  /** The track's name, once it's known. */
  readonly name: () => string | undefined;
  /** Whether it's to be received now. */
  readonly wanted: () => boolean;
  readonly show: (track: RemoteTrack) => void;
  readonly clear: () => void;
}

/** How a visit goes. */
export type VisitState = 'joining' | 'joined' | 'reconnecting' | 'ended';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 8_000;

/** The page's stay in the room: joins, receives what there are seats for, and joins again when lost. */
export class Visit {
  readonly room: Room;
  /** Who we are, once we have joined. */
  ticket: Ticket | undefined;
  readonly #seats: Seat[] = [];
  readonly #onState: (state: VisitState, why: string) => void;
  #retryMs = FIRST_RETRY_MS;
  #ended = false;

  constructor(onState: (state: VisitState, why: string) => void) {
    this.#onState = onState;
    this.room = new Room({
      // Reads what each picture tells of itself, and writes it to ours.
      frameMetadata: { worker: new Worker('metadata-worker.js') },
      publishDefaults: {
        simulcast: false,
        videoCodec: 'vp8',
        frameMetadata: { timestamp: true, frameId: true },
      },
    });
    this.room
      .on(RoomEvent.TrackPublished, () => this.update())
      .on(RoomEvent.TrackSubscribed, (track, publication, { identity }) => {
        this.#seatOf(identity, publication)?.show(track);
      })
      .on(RoomEvent.TrackUnsubscribed, (_track, publication, { identity }) => {
        this.#seatOf(identity, publication)?.clear();
      })
      .on(RoomEvent.Reconnecting, () => onState('reconnecting', 'The connection is lost.'))
      .on(RoomEvent.SignalReconnecting, () => onState('reconnecting', 'The connection is lost.'))
      .on(RoomEvent.Reconnected, () => onState('joined', ''))
      .on(RoomEvent.Disconnected, (reason) => this.#left(reason));
    document.addEventListener('visibilitychange', () => this.update());
  }

  /** Ourselves. */
  get me(): LocalParticipant {
    return this.room.localParticipant;
  }

  /** Makes room for a track. */
  seat(seat: Seat): void {
    this.#seats.push(seat);
  }

  /** Joins, again and again until it works or the visit has ended. */
  async join(): Promise<void> {
    if (this.#ended || this.room.state !== ConnectionState.Disconnected) return;
    this.#onState('joining', '');
    try {
      const answer = await fetch('join', { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
      const ticket = (await answer.json()) as Ticket;
      this.ticket = ticket;
      await this.room.connect(ticket.url, ticket.token, { autoSubscribe: false });
    } catch (error) {
      // Leaving is the page's end, or the demo's, of which there is word already.
      this.#again(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
    this.#onState('joined', '');
    this.update();
  }

  /** The demo is over: leaves, for good. */
  end(): void {
    this.#ended = true;
    this.#onState('ended', '');
    void this.room.disconnect();
  }

  /** Receives what is wanted now, and nothing else. */
  update(): void {
    for (const { identity, trackPublications } of this.room.remoteParticipants.values()) {
      for (const publication of trackPublications.values()) {
        const seat = this.#seatOf(identity, publication as RemoteTrackPublication);
        const wanted = seat?.wanted() ?? false;
        const { isDesired } = publication as RemoteTrackPublication;
        if (wanted !== isDesired) (publication as RemoteTrackPublication).setSubscribed(wanted);
        // A page that nobody looks at needs no pictures.
        if (wanted && publication.kind === 'video') {
          (publication as RemoteTrackPublication).setEnabled(!document.hidden);
        }
      }
    }
  }

  #seatOf(identity: string, { trackName }: { readonly trackName: string }): Seat | undefined {
    return this.#seats.find((seat) => seat.identity === identity && seat.name() === trackName);
  }

  #left(reason: DisconnectReason | undefined): void {
    for (const seat of this.#seats) seat.clear();
    if (reason === DisconnectReason.CLIENT_INITIATED) return;
    this.#again(
      `The room is left (${reason === undefined ? 'unknown' : DisconnectReason[reason]}).`,
    );
  }

  #again(why: string): void {
    if (this.#ended) return;
    this.#onState('reconnecting', why);
    setTimeout(() => void this.join(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}
