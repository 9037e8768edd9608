import type { TrackHandle } from '../core/track-handle.js';
import type { NativeVideoFrame } from '../native/media-events.js';

/** So many frames' metadata are kept for streams that are behind the one that gets it. */
const KEPT = 16;

/** So many frames of a stream wait for their metadata at most. */
const MOST_WAITING = 4;

/** One of the streams of a track. */
export interface SharingStream {
  /** A frame has come from the native side. */
  readonly arrived: (frame: NativeVideoFrame) => void;
  /** The stream takes no more frames. Those that wait for their metadata are given to it before. */
  readonly leave: () => void;
}

type Metadata = Pick<NativeVideoFrame, 'captureTimeUs' | 'frameId' | 'userData'>;

interface Member {
  readonly receive: (frame: NativeVideoFrame) => void;
  readonly waiting: NativeVideoFrame[];
  left: boolean;
}

const shares = new WeakMap<TrackHandle, MetadataShare>();

/**
 * Gives the metadata of a remote track's frames to all streams of the track. LiveKit gives it to one of them
 * alone, the oldest, and all of them the same time stamps. In which order the streams hear of a frame is a
 * matter of chance (measured: up to 2 ms apart), so the others' frames wait for that one's.
 */
export class MetadataShare {
  readonly #members: Member[] = [];
  readonly #kept: Map<number, Metadata> = new Map();
  /** Who gets the metadata. */
  #giver: Member | undefined;
  #giverUs = -Infinity;
  /** Whether the giver's last frame had none. Then nobody waits. */
  #none = false;

  /** The one that all streams of a track share. */
  static of(track: TrackHandle): MetadataShare {
    const share = shares.get(track) ?? new MetadataShare();
    shares.set(track, share);
    return share;
  }

  /** Adds a stream, which gets its frames by `receive`. */
  join(receive: (frame: NativeVideoFrame) => void): SharingStream {
    const member: Member = { receive, waiting: [], left: false };
    this.#members.push(member);
    this.#giver ??= member;
    return {
      arrived: (frame) => {
        this.#arrived(member, frame);
      },
      leave: () => {
        this.#leave(member);
      },
    };
  }

  #arrived(member: Member, frame: NativeVideoFrame): void {
    const has = frame.frameId !== undefined || frame.captureTimeUs !== undefined;
    if (has && !member.left) this.#giver = member;
    if (member === this.#giver) {
      this.#none = !has;
      // Time stamps that go back have begun anew: what waits has none of these.
      const releasedUs = frame.timestampUs < this.#giverUs ? Infinity : frame.timestampUs;
      this.#giverUs = frame.timestampUs;
      if (has && this.#members.length > 1) this.#keep(frame);
      member.receive(frame);
      // Nothing of its own waits.
      if (this.#members.length > 1) this.#release(releasedUs);
      return;
    }
    member.waiting.push(frame);
    const waits = !this.#none && !member.left && frame.timestampUs > this.#giverUs;
    if (!waits) releaseTo(member, this.#kept, Infinity);
    else if (member.waiting.length > MOST_WAITING) {
      releaseTo(member, this.#kept, member.waiting[0]?.timestampUs ?? 0);
    }
  }

  #keep(frame: NativeVideoFrame): void {
    const { captureTimeUs, frameId, userData } = frame;
    // Whoever has the frame may change or transfer its bytes.
    const metadata = { captureTimeUs, frameId, userData: userData?.slice() };
    this.#kept.set(frame.timestampUs, metadata);
    if (this.#kept.size <= KEPT) return;
    const [oldest = 0] = this.#kept.keys();
    this.#kept.delete(oldest);
  }

  /** Gives all members what waits and isn't newer. */
  #release(timestampUs: number): void {
    // One may leave as it gets a frame.
    for (const member of [...this.#members]) releaseTo(member, this.#kept, timestampUs);
  }

  #leave(member: Member): void {
    if (member.left) return;
    member.left = true;
    this.#members.splice(this.#members.indexOf(member), 1);
    releaseTo(member, this.#kept, Infinity);
    if (this.#giver === member) {
      // What the others wait for went with it.
      this.#release(Infinity);
      this.#giver = this.#members[0];
    }
    if (this.#members.length <= 1) this.#kept.clear();
  }
}

function releaseTo(
  { receive, waiting }: Member,
  kept: ReadonlyMap<number, Metadata>,
  timestampUs: number,
): void {
  for (;;) {
    const [frame] = waiting;
    if (!frame || frame.timestampUs > timestampUs) return;
    waiting.shift();
    const metadata = kept.get(frame.timestampUs);
    receive(metadata ? { ...frame, ...metadata, userData: metadata.userData?.slice() } : frame);
  }
}
