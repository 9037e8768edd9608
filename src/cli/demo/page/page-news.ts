import type { RoleFigures, RoleName } from '../protocol.js';

/** What a page joins the room with. */
export interface Ticket {
  /** The LiveKit server's address. */
  readonly url: string;
  /** An access token, good for a moment. */
  readonly token: string;
  readonly room: string;
  readonly identity: string;
  /** What the guest is called, for people. */
  readonly name: string;
}

/** What the demo tells its pages once a second of each of its processes. */
export interface PageNews {
  /** The room that the demo is in: another one's is another demo. */
  readonly room: string;
  readonly role: RoleName;
  /** Of the last second. */
  readonly figures: RoleFigures;
  /** Since the warm-up was over. `null` before. */
  readonly seconds: number | null;
}
