import { receivePackets } from '../native/data-packets.js';
import { receiveStreams } from '../native/incoming-streams.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { ByteStreamInfo, TextStreamInfo } from '../native/stream-info.js';
import { ByteStreamReader } from './byte-stream-reader.js';
import { DataPacket } from './data-packet.js';
import { StreamHandlers, type StreamHandlersRoom } from './stream-handlers.js';
import { TextStreamReader } from './text-stream-reader.js';

/** What a {@link DataReceiver} needs of its room. */
export interface DataReceiverRoom extends StreamHandlersRoom {
  /** Whether anybody listens to packets. */
  readonly wanted: () => boolean;
  readonly received: (packet: DataPacket) => void;
}

/** Takes what others send to a room, in one stay after the other. */
export class DataReceiver {
  readonly textStreams: StreamHandlers<TextStreamInfo, string, TextStreamReader>;
  readonly byteStreams: StreamHandlers<ByteStreamInfo, Uint8Array, ByteStreamReader>;
  readonly #room: DataReceiverRoom;

  constructor(room: DataReceiverRoom) {
    this.#room = room;
    this.textStreams = new StreamHandlers(room, (init) => TextStreamReader.create(init));
    this.byteStreams = new StreamHandlers(room, (init) => ByteStreamReader.create(init));
  }

  /** Takes what comes from now on, until the stay is over. */
  join(session: RtcSession): void {
    const { wanted } = this.#room;
    receivePackets(session, wanted, ({ data, reliable, topic, identity }) => {
      const participant = this.#room.participant(identity);
      const senderIdentity = identity === '' ? undefined : identity;
      this.#room.received(
        DataPacket.create({ data, participant, senderIdentity, reliable, topic }),
      );
    });
    receiveStreams(session, { text: this.textStreams.taker, bytes: this.byteStreams.taker });
  }
}
