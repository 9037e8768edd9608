// Transcriptions and telephone keys, as the native side has them.

import { FramewireError } from '../core/errors.js';
import type { RtcSession } from './rtc-session.js';

/** A piece of what was said, with the names that our own have. */
export interface NativeTranscriptionSegment {
  readonly id: string;
  readonly text: string;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly final: boolean;
  readonly language: string;
}

/** A transcription that came. */
export interface NativeTranscription {
  readonly identity: string;
  readonly trackSid: string;
  readonly segments: readonly NativeTranscriptionSegment[];
}

/** @internal @throws FramewireError `disconnected`, or `native` if it's refused. The signal's reason. */
export async function sendTranscription(
  session: RtcSession,
  { identity, trackSid, segments }: NativeTranscription,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { error } = await session.request(
    'publishTranscription',
    {
      localParticipantHandle: session.localParticipantHandle,
      participantIdentity: identity,
      trackId: trackSid,
      segments: segments.map(({ startTimeMs, endTimeMs, ...rest }) => ({
        ...rest,
        startTime: BigInt(startTimeMs),
        endTime: BigInt(endTimeMs),
      })),
    },
    signal,
  );
  failIf(error, 'The transcription');
}

/** @internal Gives the transcriptions that come to `receive`. */
export function receiveTranscriptions(
  session: RtcSession,
  receive: (transcription: NativeTranscription) => void,
): void {
  session.tap.after('transcriptionReceived', (event) => {
    const { participantIdentity: identity = '', trackSid = '', segments } = event;
    receive({
      identity,
      trackSid,
      segments: segments.map(({ startTime = 0n, endTime = 0n, ...rest }) => ({
        id: rest.id ?? '',
        text: rest.text ?? '',
        startTimeMs: Number(startTime),
        endTimeMs: Number(endTime),
        final: rest.final ?? false,
        language: rest.language ?? '',
      })),
    });
  });
}

/** @internal @throws FramewireError `disconnected`, or `native` if it's refused. The signal's reason. */
export async function sendDtmf(
  session: RtcSession,
  key: { readonly code: number; readonly digit: string },
  to: { readonly destinationIdentities: string[]; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { destinationIdentities, signal } = to;
  const { error } = await session.request(
    'publishSipDtmf',
    { localParticipantHandle: session.localParticipantHandle, ...key, destinationIdentities },
    signal,
  );
  failIf(error, 'The key');
}

/** @internal Gives the keys that others press to `receive`, with their identities. */
export function receiveDtmf(
  session: RtcSession,
  receive: (key: { readonly code: number; readonly digit: string }, identity: string) => void,
): void {
  session.tap.after('dataPacketReceived', ({ value: message, participantIdentity = '' }) => {
    if (message.case !== 'sipDtmf') return;
    const { code = 0, digit = '' } = message.value;
    receive({ code, digit }, participantIdentity);
  });
}

function failIf(error: string | undefined, what: string): void {
  if (error === undefined || error === '') return;
  throw new FramewireError('native', `${what} could not be sent: ${error}.`, { cause: error });
}
