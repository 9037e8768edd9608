// What a subscriber asks of the server for one track, and a publisher for its subscribers.

import { ffi } from './ffi-client.js';
import type { RtcSession } from './rtc-session.js';

/** Layers of a track that comes in several sizes. */
export const VIDEO_QUALITIES = ['low', 'medium', 'high'] as const;

/** One of {@link VIDEO_QUALITIES}. */
export type VideoQuality = (typeof VIDEO_QUALITIES)[number];

/** Asks for a layer. The server takes it for a wish to have the track enabled, too. */
export function sendVideoQuality(publication: bigint, quality: VideoQuality): void {
  ffi().send('setRemoteTrackPublicationQuality', {
    trackPublicationHandle: publication,
    quality: VIDEO_QUALITIES.indexOf(quality),
  });
}

/** Asks for the smallest layer of at least a size, with the same effect on a disabled track. */
export function sendVideoDimensions(
  publication: bigint,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  ffi().send('updateRemoteTrackPublicationDimension', {
    trackPublicationHandle: publication,
    width,
    height,
  });
}

/** Lets the media of a track come, or not. The native side leaves out what it has told already. */
export function sendEnabled(publication: bigint, enabled: boolean): void {
  ffi().send('enableRemoteTrackPublication', { trackPublicationHandle: publication, enabled });
}

/** Says who may subscribe to our tracks. */
export function sendSubscriptionPermissions(
  session: RtcSession,
  allParticipantsAllowed: boolean,
  permissions: readonly {
    readonly participantIdentity: string;
    readonly allowAll: boolean;
    readonly allowedTrackSids: string[];
  }[],
): void {
  ffi().send('setTrackSubscriptionPermissions', {
    localParticipantHandle: session.localParticipantHandle,
    allParticipantsAllowed,
    permissions: [...permissions],
  });
}
