import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkSignal,
  checkString,
  shown,
} from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { checkTrackSid } from '../core/track-handle.js';
import type { RtcSession } from '../native/rtc-session.js';
import { type NativeTranscriptionSegment, sendTranscription } from '../native/transcription.js';
import type { Participant } from './participant.js';

/** A piece of what was said. It comes again, with the same `id`, as more of it is understood. */
export interface TranscriptionSegment {
  /** One of its kind. */
  readonly id: string;
  /** What was said so far. */
  readonly text: string;
  /** When it began, in milliseconds on a clock of the sender's choice; 0 if it doesn't say. */
  readonly startTimeMs: number;
  /** When it ended, on the same clock. */
  readonly endTimeMs: number;
  /** Whether this is the last of this `id`. */
  readonly final: boolean;
  /** As `en` or `de-AT`; may be empty. */
  readonly language: string;
}

/** What somebody said, to be sent to the others. */
export interface PublishTranscriptionOptions {
  /** Who said it: somebody in the room, or ourselves. */
  readonly participantIdentity: string;
  /** In which track it was said. */
  readonly trackSid: string;
  /** Its pieces. Left out: times are 0, `final` is `false`, the language is empty. */
  readonly segments: readonly (Pick<TranscriptionSegment, 'id' | 'text'> &
    Partial<TranscriptionSegment>)[];
  /** Gives it up: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** See {@link LocalParticipant.publishTranscription}. */
export async function publishTranscription(
  session: RtcSession,
  local: Participant,
  options: PublishTranscriptionOptions,
  checkAllowed: () => void,
): Promise<void> {
  const { identity, trackSid, segments, signal } = checkTranscription(options);
  checkAllowed();
  // The server drops those of others without a word.
  if (local.kind !== 'agent') {
    throw new FramewireError(
      'forbidden',
      "LiveKit's server passes on transcriptions of agents alone: give the token kind 'agent'.",
    );
  }
  await sendTranscription(session, { identity, trackSid, segments }, signal);
}

function checkTranscription(options: PublishTranscriptionOptions): {
  readonly identity: string;
  readonly trackSid: string;
  readonly segments: readonly NativeTranscriptionSegment[];
  readonly signal: AbortSignal | undefined;
} {
  checkObject(options, 'options');
  const { participantIdentity: identity, trackSid, segments, signal } = options;
  checkString(identity, 'options.participantIdentity');
  checkTrackSid(trackSid, 'options.trackSid');
  if (!Array.isArray(segments)) {
    throw new TypeError(`options.segments must be an array, got ${shown(segments)}.`);
  }
  checkSignal(signal, 'options.signal');
  // From, and not map, which passes over holes.
  return { identity, trackSid, segments: Array.from(segments, checkedSegment), signal };
}

function checkedSegment(segment: unknown, i: number): NativeTranscriptionSegment {
  const path = `options.segments[${i}]`;
  checkObject(segment, path);
  const { id, text, startTimeMs, endTimeMs, final, language } =
    segment as Partial<TranscriptionSegment>;
  checkString(id, `${path}.id`);
  checkText(text, `${path}.text`);
  if (startTimeMs !== undefined) checkInteger(startTimeMs, `${path}.startTimeMs`, { min: 0 });
  if (endTimeMs !== undefined) checkInteger(endTimeMs, `${path}.endTimeMs`, { min: 0 });
  if (final !== undefined) checkBoolean(final, `${path}.final`);
  if (language !== undefined) checkText(language, `${path}.language`);
  return {
    id,
    text,
    startTimeMs: startTimeMs ?? 0,
    endTimeMs: endTimeMs ?? 0,
    final: final ?? false,
    language: language ?? '',
  };
}

function checkText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') {
    throw new TypeError(`${name} must be a string, got ${shown(value)}.`);
  }
}
