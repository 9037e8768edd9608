/** A message of a chat. An edited one comes again, whole, with the same `id`. */
export interface ChatMessage {
  /** One of its kind. */
  readonly id: string;
  /** The text. */
  readonly message: string;
  /** When it was first sent, by the sender's clock, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** When it was last edited; `undefined` if it wasn't. */
  readonly editTimestampMs: number | undefined;
  /** Whether the sender took it back. */
  readonly deleted: boolean;
  /** Whether a program wrote it rather than a person, as far as it says so. */
  readonly generated: boolean;
}
