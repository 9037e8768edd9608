import {
  DisconnectReason,
  type LocalParticipant,
  type RemoteTrack,
  Room,
  RoomEvent,
  Track,
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
  /** Who we are, once we have joined. */
  ticket: Ticket | undefined;
  readonly #seats: Seat[] = [];
  readonly #onState: (state: VisitState, why: string) => void;
  readonly #onRoom: ((room: Room) => void)[] = [];
  #room: Room | undefined;
  #retryMs = FIRST_RETRY_MS;
  #joined = false;
  #ended = false;

  constructor(onState: (state: VisitState, why: string) => void) {
    this.#onState = onState;
    document.addEventListener('visibilitychange', () => this.update());
  }

  /** Ourselves. */
  get me(): LocalParticipant | undefined {
    return this.#room?.localParticipant;
  }

  /** Calls `listener` with the room of every attempt to join, before it. */
  eachRoom(listener: (room: Room) => void): void {
    this.#onRoom.push(listener);
  }

  /** Makes room for a track. */
  seat(seat: Seat): void {
    this.#seats.push(seat);
  }

  /** Joins, again and again until it works or the visit has ended. */
  async join(): Promise<void> {
    if (this.#ended) return;
    this.#onState('joining', '');
    let worker: Worker | undefined;
    try {
      const answer = await fetch('join', { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
      const ticket = (await answer.json()) as Ticket;
      this.ticket = ticket;
      worker = new Worker('metadata-worker.js');
      this.#room = this.#newRoom(worker);
      await this.#room.connect(ticket.url, ticket.token, { autoSubscribe: false });
    } catch (error) {
      this.#room = undefined;
      worker?.terminate();
      // Leaving is the page's end, or the demo's, of which there is word already.
      this.#again(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#joined = true;
    this.#retryMs = FIRST_RETRY_MS;
    this.#onState('joined', '');
    this.update();
  }

  /** The demo is over: leaves, for good. */
  end(): void {
    this.#ended = true;
    this.#onState('ended', '');
    void this.#room?.disconnect();
  }

  /** Receives what is wanted now, and nothing else. */
  update(): void {
    for (const { identity, trackPublications } of this.#room?.remoteParticipants.values() ?? []) {
      for (const publication of trackPublications.values()) {
        const seat = this.#seatOf(identity, publication);
        const wanted = seat?.wanted() ?? false;
        if (wanted !== publication.isDesired) publication.setSubscribed(wanted);
        // A page that nobody looks at needs no pictures.
        if (wanted && publication.kind === Track.Kind.Video) {
          publication.setEnabled(!document.hidden);
        }
      }
    }
  }

  #newRoom(worker: Worker): Room {
    const room = new Room({
      // Reads what each picture tells of itself, and writes it to ours. It goes with its room.
      frameMetadata: { worker },
      publishDefaults: {
        simulcast: false,
        videoCodec: 'vp8',
        frameMetadata: { timestamp: true, frameId: true },
      },
    });
    room
      .on(RoomEvent.TrackPublished, () => this.update())
      .on(RoomEvent.TrackSubscribed, (track, publication, { identity }) => {
        letAudioThrough(track);
        this.#seatOf(identity, publication)?.show(track);
      })
      .on(RoomEvent.TrackUnsubscribed, (_track, publication, { identity }) => {
        this.#seatOf(identity, publication)?.clear();
      })
      .on(RoomEvent.Reconnecting, () => this.#onState('reconnecting', 'The connection is lost.'))
      .on(RoomEvent.SignalReconnecting, () =>
        this.#onState('reconnecting', 'The connection is lost.'),
      )
      .on(RoomEvent.Reconnected, () => this.#onState('joined', ''))
      // Of an attempt that has failed there is word already.
      .on(RoomEvent.Disconnected, (reason) => {
        if (this.#joined) this.#left(reason);
      });
    for (const listener of this.#onRoom) listener(room);
    return room;
  }

  #seatOf(identity: string, { trackName }: { readonly trackName: string }): Seat | undefined {
    return this.#seats.find((seat) => seat.identity === identity && seat.name() === trackName);
  }

  #left(reason: DisconnectReason | undefined): void {
    this.#joined = false;
    this.#room = undefined;
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

/**
 * livekit-client 2.23 has Chromium hold all that comes for its worker of frame metadata, and then gives
 * the worker the video alone: without this, audio stays silent.
 */
function letAudioThrough({ kind, receiver }: RemoteTrack): void {
  if (kind !== Track.Kind.Audio || !receiver || !('createEncodedStreams' in receiver)) return;
  try {
    const { readable, writable } = (receiver as ReceiverOfChromium).createEncodedStreams();
    // It ends with the connection.
    readable.pipeTo(writable).catch(() => undefined);
  } catch {
    // A receiver that had a track before: what comes goes through already.
  }
}

interface ReceiverOfChromium extends RTCRtpReceiver {
  createEncodedStreams(): { readonly readable: ReadableStream; readonly writable: WritableStream };
}
