import { checkBoolean, checkOptions, checkSignal, checkString, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { ownBytes } from '../core/own-bytes.js';
import { MAX_PACKET_BYTES, PacketSender } from '../native/data-packets.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { ParticipantPermissions } from '../native/participant-view.js';

/** How data is sent to others in the room. */
export interface DataOptions {
  /** What it's about, for the receiver to tell things apart. Default: empty. */
  readonly topic?: string;
  /**
   * Who gets it; at least one. Default: everybody else in the room. One who isn't there gets nothing, now or
   * later, which is no error.
   */
  readonly destinationIdentities?: readonly string[];
  /** Gives it up: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How `publishData` sends. */
export interface PublishDataOptions extends DataOptions {
  /**
   * `true` sends it again until it arrives, in order. `false` sends it once: it may be lost, or come out of
   * order, and above 1,300 bytes is lost more often, since it's lost with any of its parts. Default `true`.
   */
  readonly reliable?: boolean;
}

/** Sends data during one stay in a room. */
export class DataSender {
  readonly #session: RtcSession;
  readonly #permissions: () => ParticipantPermissions | undefined;
  readonly #reliable: PacketSender;
  readonly #lossy: PacketSender;

  constructor(session: RtcSession, permissions: () => ParticipantPermissions | undefined) {
    this.#session = session;
    this.#permissions = permissions;
    this.#reliable = new PacketSender(session);
    this.#lossy = new PacketSender(session);
  }

  /** See {@link LocalParticipant.publishData}. */
  async publishData(data: Uint8Array | string, options: PublishDataOptions = {}): Promise<void> {
    checkDataOptions(options);
    const { reliable = true, topic = '', destinationIdentities = [], signal } = options;
    checkBoolean(reliable, 'options.reliable');
    const packet = { reliable, topic, destinationIdentities: [...destinationIdentities] };
    const bytes = ownBytes(data, 'data');
    if (bytes.byteLength > MAX_PACKET_BYTES) {
      throw new RangeError(
        `data must be at most ${MAX_PACKET_BYTES} bytes, got ${bytes.byteLength}; send more with sendBytes() or sendText().`,
      );
    }
    this.checkAllowed();
    const sender = reliable ? this.#reliable : this.#lossy;
    await sender.send(bytes, packet, signal);
  }

  /** @throws FramewireError `disconnected` after the stay, `forbidden` if the token doesn't allow it. */
  checkAllowed(): void {
    if (!this.#session.isConnected()) {
      throw new FramewireError('disconnected', 'The room is not connected.');
    }
    // The native side would say that it was sent, while the server drops it.
    if (this.#permissions()?.canPublishData === false) {
      throw new FramewireError('forbidden', 'The token does not allow to publish data.');
    }
  }
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function checkDataOptions(options: DataOptions): void {
  checkOptions(options, 'options');
  const { topic, destinationIdentities, signal } = options;
  if (topic !== undefined && typeof topic !== 'string') {
    throw new TypeError(`options.topic must be a string, got ${shown(topic)}.`);
  }
  if (destinationIdentities !== undefined) checkDestinations(destinationIdentities);
  checkSignal(signal, 'options.signal');
}

function checkDestinations(identities: unknown): void {
  const name = 'options.destinationIdentities';
  if (!Array.isArray(identities)) {
    throw new TypeError(`${name} must be an array, got ${shown(identities)}.`);
  }
  if (identities.length === 0) {
    // To the native side nobody is everybody, which is not what whoever filtered a list meant.
    throw new RangeError(`${name} must name somebody, got []; leave it out to send to everybody.`);
  }
  identities.forEach((identity: unknown, i) => {
    checkString(identity, `${name}[${i}]`);
  });
}
