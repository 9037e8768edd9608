// Data packets: small messages that go at once to everybody in the room, or to some.

import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import { ffi } from './ffi-client.js';
import { pointerTo } from './memory.js';
import type { RtcSession } from './rtc-session.js';

/**
 * The most bytes in a data packet. LiveKit negotiates 64,000 for all of a packet, and relays it with who
 * sent it; this leaves 4,000 for that, the topic and the names of those it's for.
 */
export const MAX_PACKET_BYTES = 60_000;

/** What waits to be sent, at most; more than that comes of sending without waiting. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** A packet that waits takes more memory than its bytes: it counts as this much more. */
const PACKET_BYTES = 512;

/** How a packet is sent. */
export interface PacketOptions {
  readonly reliable: boolean;
  readonly topic: string;
  /** Nobody named is everybody. */
  readonly destinationIdentities: readonly string[];
}

/** A packet as it came. */
export interface ReceivedPacket extends Pick<PacketOptions, 'reliable' | 'topic'> {
  readonly data: Uint8Array;
  /** Empty if it came by the server's API. */
  readonly identity: string;
}

/**
 * Sends packets one after the other: the native side takes each on a thread of its own, and of those that
 * it has at the same time some overtake others (measured).
 */
export class PacketSender {
  readonly #session: RtcSession;
  #last: Promise<unknown> = Promise.resolve();
  #waitingBytes = 0;

  constructor(session: RtcSession) {
    this.#session = session;
  }

  /**
   * Sends bytes, of which this takes ownership.
   *
   * @throws FramewireError `overflow`, `disconnected`, `native`; RangeError if the server takes less.
   */
  async send(bytes: Uint8Array, options: PacketOptions, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const size = bytes.byteLength + PACKET_BYTES;
    if (this.#waitingBytes + size > MAX_WAITING_BYTES) {
      throw new FramewireError(
        'overflow',
        `More than ${MAX_WAITING_BYTES} bytes of data wait to be sent: await publishData().`,
      );
    }
    this.#waitingBytes += size;
    const sent = this.#last.then(async () => {
      try {
        if (!signal?.aborted) await this.#send(bytes, options);
      } finally {
        this.#waitingBytes -= size;
      }
    });
    this.#last = sent.catch(() => undefined);
    await untilAborted(sent, signal);
  }

  async #send(bytes: Uint8Array, options: PacketOptions): Promise<void> {
    const { reliable, topic, destinationIdentities } = options;
    const { error } = await this.#session.request('publishData', {
      localParticipantHandle: this.#session.localParticipantHandle,
      dataPtr: pointerTo(bytes),
      dataLen: BigInt(bytes.byteLength),
      reliable,
      topic,
      destinationIdentities: [...destinationIdentities],
    });
    if (error === undefined || error === '') return;
    const [, size, limit] =
      /packet size \((\d+) bytes\) exceeds .*\((\d+) bytes\)/.exec(error) ?? [];
    if (size !== undefined) {
      throw new RangeError(
        `data, topic and identities must be at most ${limit} bytes for this server, got ${size}.`,
      );
    }
    throw this.#session.failure(error, 'The data could not be sent');
  }
}

/**
 * Gives the packets of a stay to `listener`, each with bytes of its own.
 *
 * @param wanted - Asked before each: one that nobody wants is not copied.
 */
export function receivePackets(
  session: RtcSession,
  wanted: () => boolean,
  listener: (packet: ReceivedPacket) => void,
): void {
  session.tap.take('dataPacketReceived', ({ kind, participantIdentity = '', value: message }) => {
    if (message.case !== 'user') return false;
    const { data: owned, topic = '' } = message.value;
    const { dataPtr = 0n, dataLen = 0n } = owned?.data ?? {};
    // Whoever has the room of rtc-node's gets the packet by that as well, which then frees it.
    const shared = session.rtcListens('dataReceived');
    try {
      if (wanted()) {
        const data = ffi().copyBuffer(dataPtr, Number(dataLen));
        listener({
          data,
          reliable: Number(kind) === RELIABLE,
          topic,
          identity: participantIdentity,
        });
      }
    } finally {
      const handle = owned?.handle?.id;
      if (!shared && handle !== undefined) ffi().drop(Number(handle));
    }
    return !shared;
  });
}

/** LiveKit's number for it. */
const RELIABLE = 1;
