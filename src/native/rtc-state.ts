// What rtc-node knows of publications, in our words. It's a view: it reads what rtc-node has at the
// moment.

import type Rtc from '@livekit/rtc-node';
import { type EncryptionType, encryptionTypeOf } from './e2ee.js';
import type { TrackKind, TrackSource } from '../core/track-handle.js';

/** Why somebody is no longer in a room: LiveKit's reasons. */
export const DISCONNECT_REASONS = [
  'unknown',
  'client_initiated',
  'duplicate_identity',
  'server_shutdown',
  'participant_removed',
  'room_deleted',
  'state_mismatch',
  'join_failure',
  'migration',
  'signal_close',
  'room_closed',
  'user_unavailable',
  'user_rejected',
  'sip_trunk_failure',
  'connection_timeout',
  'media_failure',
  'agent_error',
] as const;

/** One of {@link DISCONNECT_REASONS}. */
export type DisconnectReason = (typeof DISCONNECT_REASONS)[number];

/** */
export function disconnectReasonOf(reason: number | undefined): DisconnectReason {
  return DISCONNECT_REASONS[reason ?? 0] ?? 'unknown';
}

/** In the order of LiveKit's enum. */
const SOURCES = ['unknown', 'camera', 'microphone', 'screen_share', 'screen_share_audio'] as const;

/** */
export function sourceNumber(source: TrackSource): number {
  return SOURCES.indexOf(source);
}

/** */
export function sourceOf(source: number | undefined): TrackSource {
  return SOURCES[source ?? 0] ?? 'unknown';
}

/** A publication as rtc-node knows it now. */
export class PublicationState {
  readonly #rtc: Rtc.TrackPublication;
  readonly #trackHandle: number | undefined;

  /** @internal Not in the published types, which would load rtc-node's. */
  constructor(rtc: Rtc.TrackPublication, trackHandle?: number) {
    this.#rtc = rtc;
    this.#trackHandle = trackHandle;
  }

  get sid(): string {
    return this.#rtc.sid ?? '';
  }

  get name(): string {
    return this.#rtc.name ?? '';
  }

  get kind(): TrackKind {
    // 1 is audio, 2 is video.
    return (this.#rtc.kind as number | undefined) === 1 ? 'audio' : 'video';
  }

  get source(): TrackSource {
    return sourceOf(this.#rtc.source);
  }

  get muted(): boolean {
    return this.#rtc.muted ?? false;
  }

  get simulcasted(): boolean {
    return this.#rtc.simulcasted ?? false;
  }

  get width(): number {
    return this.#rtc.width ?? 0;
  }

  get height(): number {
    return this.#rtc.height ?? 0;
  }

  get mimeType(): string {
    return this.#rtc.mimeType ?? '';
  }

  get encryption(): EncryptionType {
    return encryptionTypeOf(this.#rtc.encryptionType);
  }

  /** The native track: our own, or that of a remote publication that we are subscribed to. */
  get trackHandle(): number | undefined {
    if (this.#trackHandle !== undefined) return this.#trackHandle;
    const handle = this.#rtc.track?.ffi_handle.handle;
    return handle === undefined ? undefined : Number(handle);
  }

  /** @internal What requests about it name it by. */
  get publicationHandle(): bigint {
    // The same in every build of rtc-node's, but not in its types.
    return (this.#rtc as unknown as { readonly ffiHandle: { readonly handle: bigint } }).ffiHandle
      .handle;
  }

  /** @internal Remote publications only. */
  setSubscribed(subscribed: boolean): void {
    if ('setSubscribed' in this.#rtc) {
      (this.#rtc as { setSubscribed(subscribed: boolean): void }).setSubscribed(subscribed);
    }
  }
}
