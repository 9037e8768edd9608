import { checkOneOf, checkSignal, checkString, type OptionNames, readOnce } from '../core/check.js';
import { TRACK_SOURCES, type TrackKind, type TrackSource } from '../core/track-handle.js';
import type { RemoteAudioTrack, RemoteVideoTrack } from '../tracks/remote-track.js';
import type { RemoteTrackPublication } from '../tracks/remote-track-publication.js';
import type { RemoteParticipant } from './remote-participant.js';

/** The track class of a kind. */
export type RemoteTrackOf<Kind extends TrackKind> = Kind extends 'video'
  ? RemoteVideoTrack
  : RemoteAudioTrack;

/** A track that we receive, and whose it is. */
export interface SubscribedTrack<Kind extends TrackKind = TrackKind> {
  readonly track: RemoteTrackOf<Kind>;
  readonly publication: RemoteTrackPublication;
  readonly participant: RemoteParticipant;
}

/** Which tracks are meant; what is left out may be anything. */
export interface TrackFilter<Kind extends TrackKind = TrackKind> {
  readonly kind?: Kind;
  readonly source?: TrackSource;
  /** The publisher's identity. */
  readonly participant?: string;
  /** The track's name. */
  readonly name?: string;
  /** Ends the wait: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

const FILTER: OptionNames<TrackFilter> = {
  kind: true,
  source: true,
  participant: true,
  name: true,
  signal: true,
};

/** A copy. @throws TypeError or RangeError if the filter is not one. */
export function checkedTrackFilter<Kind extends TrackKind>(
  given: TrackFilter<Kind>,
): TrackFilter<Kind> {
  const filter: TrackFilter<Kind> = readOnce<TrackFilter<Kind>>(given, 'filter', FILTER);
  const { kind, source, participant, name, signal } = filter;
  if (kind !== undefined) checkOneOf(kind, 'filter.kind', ['audio', 'video']);
  if (source !== undefined) checkOneOf(source, 'filter.source', TRACK_SOURCES);
  if (participant !== undefined) checkString(participant, 'filter.participant');
  if (name !== undefined) checkString(name, 'filter.name');
  checkSignal(signal, 'filter.signal');
  return filter;
}

/** Whether a track is one of those meant. */
export function matches<Kind extends TrackKind>(
  { kind, source, participant, name }: TrackFilter<Kind>,
  subscribed: SubscribedTrack,
): subscribed is SubscribedTrack<Kind> {
  return (
    (kind === undefined || subscribed.track.kind === kind) &&
    (source === undefined || subscribed.publication.source === source) &&
    (participant === undefined || subscribed.participant.identity === participant) &&
    (name === undefined || subscribed.publication.name === name)
  );
}
