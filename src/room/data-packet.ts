import type { RemoteParticipant } from './remote-participant.js';

/** What a {@link DataPacket} is made of. */
export interface DataPacketInit {
  readonly data: Uint8Array;
  readonly participant: RemoteParticipant | undefined;
  readonly senderIdentity: string | undefined;
  readonly reliable: boolean;
  readonly topic: string;
}

/** A packet that somebody sent with `publishData`. */
export class DataPacket {
  /** The bytes. They are the listener's, nobody else has them. */
  readonly data: Uint8Array;
  /**
   * Who sent it. `undefined` if it came by the server's API, or from somebody of whom the server has not
   * told yet: of one who publishes no track it tells up to 3 seconds late.
   */
  readonly participant: RemoteParticipant | undefined;
  /**
   * Who sent it, also if it has left meanwhile. `undefined` if it came by the server's API, or from somebody of
   * whom the server has not told yet: LiveKit's packets name their sender by an id that says nothing before.
   */
  readonly senderIdentity: string | undefined;
  /** Whether it was sent so that it can't be lost. */
  readonly reliable: boolean;
  /** What it's about; empty if the sender said nothing. */
  readonly topic: string;

  private constructor(init: DataPacketInit) {
    this.data = init.data;
    this.participant = init.participant;
    this.senderIdentity = init.senderIdentity;
    this.reliable = init.reliable;
    this.topic = init.topic;
  }

  /** @internal */
  static create(init: DataPacketInit): DataPacket {
    return new DataPacket(init);
  }

  /** The bytes as UTF-8. What is not UTF-8 in them becomes `\uFFFD`; it never throws. */
  get text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.data);
  }
}
