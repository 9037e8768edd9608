/** What is said of a stream of text or bytes before the first of it comes. */
export interface StreamInfo {
  /** One of its kind. */
  readonly streamId: string;
  /** What it's about: streams go to the handler of their topic. */
  readonly topic: string;
  /** Such as `text/plain`. From another participant it may say anything. */
  readonly mimeType: string;
  /** When it was begun by the sender's clock, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** How much will come, in bytes; `undefined` if the sender doesn't know or say. */
  readonly totalBytes: number | undefined;
  /** Whatever the sender attached, by key. */
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Whether it came encrypted end to end, if its sender says so with each packet: `false` as well for what
   * livekit-client encrypted.
   */
  readonly encrypted: boolean;
}

/** What is said of a stream of text. */
export interface TextStreamInfo extends StreamInfo {
  /** The stream that this one answers, for chats; `undefined` if none. */
  readonly replyToStreamId: string | undefined;
  /** Streams of bytes that belong to it, for chats. */
  readonly attachedStreamIds: readonly string[];
}

/** What is said of a stream of bytes. */
export interface ByteStreamInfo extends StreamInfo {
  /**
   * Such as a file's name. From another participant it may be anything, also `../../x`: to save a stream, use
   * {@link ByteStreamReader.saveTo}, and to show it, escape it.
   */
  readonly name: string;
}
