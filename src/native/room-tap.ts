import type { FfiEvent } from '@livekit/rtc-ffi-bindings';
import type { Room as RtcRoom } from '@livekit/rtc-node';
import { FramewireError } from '../core/errors.js';
import { log } from '../core/log.js';

type FfiMessage = FfiEvent['message'];
type RoomMessage = Extract<FfiMessage, { case: 'roomEvent' }>['value']['message'];
type RpcInvocation = Extract<FfiMessage, { case: 'rpcMethodInvocation' }>;
/** What the native side tells of a room. */
type TapMessage = RoomMessage | RpcInvocation;
/** The name of something that the native side tells of a room. */
export type TapCase = NonNullable<TapMessage['case']>;
/** What it tells, by name. */
export type TapValue<C extends TapCase> = Extract<TapMessage, { case: C }>['value'];

/** `true` keeps it from rtc-node. */
type Taker = (value: never) => boolean;
type Follower = (value: never) => void;

/** The parts of rtc-node's Room that its types don't show. */
interface RoomInsides {
  processFfiEvent: (event: FfiEvent) => Promise<void>;
  readonly ffiHandle?: { readonly handle: bigint };
  readonly localParticipant?: { readonly ffi_handle: { readonly handle: bigint } };
}

/**
 * All that the native side tells of one room, in the order in which rtc-node's Room handles it: that
 * waits for its own lock, so a listener on the client would be ahead of what rtc-node knows.
 */
export class RoomTap {
  readonly #takers = new Map<string, Taker[]>();
  readonly #followers = new Map<string, Follower[]>();
  readonly #insides: RoomInsides;
  readonly #original: RoomInsides['processFfiEvent'];

  /** @throws FramewireError `unsupported` if `rtc` is not built as the pinned version is. */
  constructor(rtc: RtcRoom) {
    const insides = rtc as unknown as RoomInsides;
    if (typeof (insides as Partial<RoomInsides>).processFfiEvent !== 'function') {
      throw new FramewireError('unsupported', 'This @livekit/rtc-node is not version 1.1.0.');
    }
    this.#insides = insides;
    this.#original = insides.processFfiEvent;
    insides.processFfiEvent = (event) => this.#process(event);
  }

  /** Asks `taker` before rtc-node; what one answers `true` for is nobody else's any more. */
  take<C extends TapCase>(name: C, taker: (value: TapValue<C>) => boolean): void {
    this.#takers.set(name, [...(this.#takers.get(name) ?? []), taker]);
  }

  /** Calls `follower` once rtc-node has handled it, so that its objects are up to date. */
  after<C extends TapCase>(name: C, follower: (value: TapValue<C>) => void): void {
    this.#followers.set(name, [...(this.#followers.get(name) ?? []), follower]);
  }

  /** rtc-node has its events to itself again. */
  close(): void {
    this.#takers.clear();
    this.#followers.clear();
    this.#insides.processFfiEvent = this.#original;
  }

  async #process(event: FfiEvent): Promise<void> {
    const message = this.#messageOf(event);
    if (message?.case === undefined) return this.#original(event);
    const { case: name, value } = message;
    for (const taker of this.#takers.get(name) ?? []) {
      if (guarded(() => taker(value as never))) return;
    }
    try {
      await this.#original(event);
    } finally {
      // Also of what rtc-node can't make sense of.
      for (const follower of this.#followers.get(name) ?? []) {
        guarded(() => {
          follower(value as never);
          return false;
        });
      }
    }
  }

  /** What the event tells of this room. */
  #messageOf({ message }: FfiEvent): TapMessage | undefined {
    const { ffiHandle, localParticipant } = this.#insides;
    if (message.case === 'roomEvent') {
      return message.value.roomHandle === ffiHandle?.handle ? message.value.message : undefined;
    }
    if (message.case !== 'rpcMethodInvocation') return undefined;
    const { localParticipantHandle } = message.value;
    return localParticipantHandle === localParticipant?.ffi_handle.handle ? message : undefined;
  }
}

/** What one handler throws is not to keep the event from the others. */
function guarded(handle: () => boolean): boolean {
  try {
    return handle();
  } catch (error) {
    log('error', 'an event of the room could not be handled', { error });
    return false;
  }
}
