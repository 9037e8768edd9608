import { checkBoolean, checkText } from '../core/check.js';
import { FramewireError, notConnected } from '../core/errors.js';
import { ownBytes, plainBytes } from '../core/own-bytes.js';
import { MAX_PACKET_BYTES, PacketSender } from '../native/data-packets.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { ParticipantPermissions } from '../native/participant-view.js';
import type { ByteStreamInfo, TextStreamInfo } from '../native/stream-info.js';
import { TextSender } from '../native/text-sender.js';
import { ByteStreamWriter } from './byte-stream-writer.js';
import { checkedDataOptions, type DataOptions } from './data-options.js';
import { OutgoingFile } from './outgoing-file.js';
import {
  byteStreamOptions,
  type SendBytesOptions,
  type SendFileOptions,
  type SendTextOptions,
  type StreamBytesOptions,
  type StreamTextOptions,
  textStreamOptions,
} from './stream-options.js';
import { TextStreamWriter } from './text-stream-writer.js';

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
  readonly #texts: TextSender;

  constructor(session: RtcSession, permissions: () => ParticipantPermissions | undefined) {
    this.#session = session;
    this.#permissions = permissions;
    this.#reliable = new PacketSender(session);
    this.#lossy = new PacketSender(session);
    this.#texts = new TextSender(session);
  }

  /** See {@link LocalParticipant.publishData}. */
  async publishData(data: Uint8Array | string, options: PublishDataOptions = {}): Promise<void> {
    const { signal, ...to } = checkedDataOptions(options);
    const { reliable = true } = options;
    checkBoolean(reliable, 'options.reliable');
    const bytes = ownBytes(data, 'data');
    if (bytes.byteLength > MAX_PACKET_BYTES) {
      throw new RangeError(
        `data must be at most ${MAX_PACKET_BYTES} bytes, got ${bytes.byteLength}; send more with sendBytes() or sendText().`,
      );
    }
    this.checkAllowed();
    const sender = reliable ? this.#reliable : this.#lossy;
    await sender.send(bytes, { reliable, ...to }, signal);
  }

  /** See {@link LocalParticipant.streamText}. */
  async streamText(options: StreamTextOptions = {}): Promise<TextStreamWriter> {
    const { native, signal } = textStreamOptions(options);
    this.checkAllowed();
    return TextStreamWriter.open(this.#session, native, signal);
  }

  /** See {@link LocalParticipant.sendText}. */
  async sendText(text: string, options: SendTextOptions = {}): Promise<TextStreamInfo> {
    const { native, signal } = textStreamOptions(options);
    checkText(text, 'text');
    this.checkAllowed();
    return this.#texts.send(text, native, signal);
  }

  /** See {@link LocalParticipant.streamBytes}. */
  async streamBytes(options: StreamBytesOptions = {}): Promise<ByteStreamWriter> {
    const { native, signal } = byteStreamOptions(options);
    this.checkAllowed();
    return ByteStreamWriter.open(this.#session, native, signal);
  }

  /** See {@link LocalParticipant.sendBytes}. */
  async sendBytes(bytes: Uint8Array, options: SendBytesOptions = {}): Promise<ByteStreamInfo> {
    const totalBytes = plainBytes(bytes, 'bytes').byteLength;
    const { native, signal, onProgress } = byteStreamOptions(options);
    this.checkAllowed();
    await using writer = await ByteStreamWriter.open(
      this.#session,
      { ...native, totalBytes },
      signal,
    );
    await writer.writeAll(bytes, onProgress);
    await writer.close();
    return writer.info;
  }

  /** See {@link LocalParticipant.sendFile}. */
  async sendFile(path: string | URL, options: SendFileOptions = {}): Promise<ByteStreamInfo> {
    const { native, signal, onProgress, name: given } = byteStreamOptions(options);
    signal?.throwIfAborted();
    this.checkAllowed();
    await using file = await OutgoingFile.open(path);
    const { byteLength: totalBytes } = file;
    const name = given ?? file.name;
    await using writer = await ByteStreamWriter.open(
      this.#session,
      { ...native, name, totalBytes },
      signal,
    );
    for await (const piece of file.pieces()) {
      await writer.writeAll(piece, onProgress);
    }
    await writer.close();
    return writer.info;
  }

  /** @throws FramewireError `disconnected` after the stay, `forbidden` if the token doesn't allow it. */
  checkAllowed(): void {
    if (!this.#session.isConnected()) {
      throw notConnected();
    }
    // The native side would say that it was sent, while the server drops it.
    if (this.#permissions()?.canPublishData === false) {
      throw new FramewireError('forbidden', 'The token does not allow to publish data.');
    }
  }
}
