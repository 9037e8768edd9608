import type { Room as RtcRoom } from '@livekit/rtc-node';

/** The part of rtc-node's Room that its types don't show. */
interface RoomInsides {
  readonly info?: {
    readonly sid?: string;
    readonly maxParticipants?: number;
  };
}

/** What the server says of a room, as rtc-node knows it now, also after leaving it. */
export class RoomView {
  readonly #rtc: RtcRoom;

  /** @internal Not in the published types, which would load rtc-node's. */
  constructor(rtc: RtcRoom) {
    this.#rtc = rtc;
  }

  /** Empty until the server has told it. */
  get sid(): string {
    return this.#info?.sid ?? '';
  }

  get name(): string {
    return this.#rtc.name ?? '';
  }

  get metadata(): string {
    return this.#rtc.metadata ?? '';
  }

  get recording(): boolean {
    return this.#rtc.isRecording;
  }

  get numParticipants(): number {
    return this.#rtc.numParticipants;
  }

  get numPublishers(): number {
    return this.#rtc.numPublishers;
  }

  get createdAt(): Date | undefined {
    const date = this.#rtc.creationTime;
    return date.getTime() > 0 ? date : undefined;
  }

  get emptyTimeoutS(): number {
    return this.#rtc.emptyTimeout;
  }

  get departureTimeoutS(): number {
    return this.#rtc.departureTimeout;
  }

  /** 0 if there is no limit. */
  get maxParticipants(): number {
    return this.#info?.maxParticipants ?? 0;
  }

  get #info(): RoomInsides['info'] {
    return (this.#rtc as unknown as RoomInsides).info;
  }
}
