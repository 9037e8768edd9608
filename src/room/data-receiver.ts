import { receivePackets } from '../native/data-packets.js';
import type { RtcSession } from '../native/rtc-session.js';
import { DataPacket } from './data-packet.js';
import type { RemoteParticipant } from './remote-participant.js';

/** What a {@link DataReceiver} needs of its room. */
export interface DataReceiverRoom {
  readonly participant: (identity: string) => RemoteParticipant | undefined;
  /** Whether anybody listens to packets. */
  readonly wanted: () => boolean;
  readonly received: (packet: DataPacket) => void;
}

/** Takes what others send to a room, in one stay after the other. */
export class DataReceiver {
  readonly #room: DataReceiverRoom;

  constructor(room: DataReceiverRoom) {
    this.#room = room;
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
  }
}
