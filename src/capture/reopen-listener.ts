/** What a feed tells of a device that it waits for. */
export interface ReopenListener {
  /** The device is gone, as the error says. */
  readonly lost: (error: Error) => void;
  /** The device is back. */
  readonly reopened: () => void;
}
