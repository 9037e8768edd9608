import { untilAborted } from '../core/abort.js';
import { FramewireError } from '../core/errors.js';
import type { RoomInfoEvent } from '../native/info-events.js';
import type { RtcSession } from '../native/rtc-session.js';
import type { RoomView } from '../native/room-view.js';
import type { EmitRoomEvent } from './room-people.js';

/** What the server says of a room. */
export class RoomDetails {
  readonly #emit: EmitRoomEvent;
  readonly #waiting = new Set<(sid: string) => void>();
  #view: RoomView | undefined;
  #recording = false;

  constructor(emit: EmitRoomEvent) {
    this.#emit = emit;
  }

  /** As it is now, or was when we left; `undefined` if we never joined. */
  get view(): RoomView | undefined {
    return this.#view;
  }

  /** A stay begins. */
  join(view: RoomView): void {
    this.#view = view;
    this.#recording = view.recording;
  }

  /** The room's sid, as soon as the server tells. */
  async sid(session: RtcSession, signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    const known = this.#view?.sid;
    if (known) return known;
    const undo: (() => void)[] = [];
    const told = new Promise<string>((resolve, reject) => {
      this.#waiting.add(resolve);
      undo.push(
        () => this.#waiting.delete(resolve),
        session.onEnd(() => {
          reject(new FramewireError('disconnected', 'The room was left.'));
        }),
      );
    });
    try {
      return await untilAborted(told, signal);
    } finally {
      for (const one of undo) one();
    }
  }

  /** Tells of what is already so. */
  handle(event: RoomInfoEvent): void {
    const { sid = '', recording = false } = this.#view ?? {};
    if (sid !== '') for (const resolve of this.#waiting) resolve(sid);
    switch (event.kind) {
      case 'roomMetadataChanged':
        this.#emit(event.kind, event.metadata);
        return;
      case 'roomSidChanged':
        this.#emit(event.kind, event.sid);
        return;
      case 'roomUpdated':
        this.#emit(event.kind);
        if (recording === this.#recording) return;
        this.#recording = recording;
        this.#emit('recordingChanged', recording);
        return;
      default:
        this.#emit(event.kind);
    }
  }
}
