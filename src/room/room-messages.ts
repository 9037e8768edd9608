import { receiveChat } from '../native/chat.js';
import type { RtcSession } from '../native/rtc-session.js';
import { receiveDtmf, receiveTranscriptions } from '../native/transcription.js';
import { RemoteDataTracks } from './data-tracks.js';
import type { EmitRoomEvent, RoomPeople } from './room-people.js';
import { RpcMethods } from './rpc-methods.js';

/** How a room tells of what others say. */
export interface RoomMessagesOutput {
  readonly emit: EmitRoomEvent;
  /** Tells of an error that has no caller. */
  readonly failed: (error: unknown) => void;
}

/** What others say to a room in LiveKit's own forms: calls, chat messages, transcriptions, keys, data tracks. */
export class RoomMessages {
  readonly methods: RpcMethods;
  readonly dataTracks: RemoteDataTracks;
  readonly #people: RoomPeople;
  readonly #emit: EmitRoomEvent;

  constructor(people: RoomPeople, { emit, failed }: RoomMessagesOutput) {
    this.#people = people;
    this.#emit = emit;
    this.dataTracks = new RemoteDataTracks(emit);
    this.methods = new RpcMethods({
      participant: (identity) => people.others.get(identity),
      failed,
    });
  }

  /** Takes what comes from now on, until the stay is over. */
  join(session: RtcSession): void {
    this.methods.join(session);
    this.dataTracks.join(session);
    receiveChat(session, (message, identity) => {
      this.#emit('chatMessage', message, this.#people.others.get(identity));
    });
    receiveTranscriptions(session, ({ segments, identity, trackSid }) => {
      const speaker = this.#people.byIdentity(identity);
      const publication = speaker?.trackPublications.get(trackSid);
      this.#emit('transcriptionReceived', segments, speaker, publication);
    });
    receiveDtmf(session, (key, identity) => {
      this.#emit('dtmfReceived', key, this.#people.others.get(identity));
    });
  }
}
