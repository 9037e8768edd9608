// What rtc-node knows of a participant, in our words. It's a view: it reads what rtc-node has at the
// moment.

import type Rtc from '@livekit/rtc-node';
import type { TrackSource } from '../core/track-handle.js';
import {
  type DisconnectReason,
  disconnectReasonOf,
  PublicationState,
  sourceOf,
} from './rtc-state.js';

/** What a participant is, to LiveKit. */
export const PARTICIPANT_KINDS = [
  'standard',
  'ingress',
  'egress',
  'sip',
  'agent',
  'connector',
  'bridge',
] as const;

/** One of {@link PARTICIPANT_KINDS}. */
export type ParticipantKind = (typeof PARTICIPANT_KINDS)[number];

/** What a participant is, more closely than by {@link PARTICIPANT_KINDS}. */
export const PARTICIPANT_KIND_DETAILS = [
  'cloud_agent',
  'forwarded',
  'connector_whatsapp',
  'connector_twilio',
  'bridge_rtsp',
  'simulation',
] as const;

/** One of {@link PARTICIPANT_KIND_DETAILS}. */
export type ParticipantKindDetail = (typeof PARTICIPANT_KIND_DETAILS)[number];

/**
 * How far a participant has come.
 *
 * - `joining`: the signalling connection is being made.
 * - `joined`: it's in the room, and can't receive media yet.
 * - `active`: it can send and receive.
 * - `disconnected`: it has left, or we have.
 */
export const PARTICIPANT_STATES = ['joining', 'joined', 'active', 'disconnected'] as const;

/** One of {@link PARTICIPANT_STATES}. */
export type ParticipantState = (typeof PARTICIPANT_STATES)[number];

/**
 * How well a participant's media gets through, as the server sees it, from the best to the worst. `lost`
 * is one of whom nothing has come for some seconds.
 */
export const CONNECTION_QUALITIES = ['excellent', 'good', 'poor', 'lost'] as const;

/** One of {@link CONNECTION_QUALITIES}. */
export type ConnectionQuality = (typeof CONNECTION_QUALITIES)[number];

/** What a participant may do: what its token said, or what the server was told since. */
export interface ParticipantPermissions {
  /** Whether it may receive tracks. */
  readonly canSubscribe: boolean;
  /** Whether it may publish tracks. */
  readonly canPublish: boolean;
  /** Whether it may send data. */
  readonly canPublishData: boolean;
  /** Sources that may be published; empty means all. */
  readonly canPublishSources: readonly TrackSource[];
  /** Whether others can't see the participant. */
  readonly hidden: boolean;
  /** Whether it may change its own metadata, name and attributes. */
  readonly canUpdateMetadata: boolean;
  /** Whether it may receive the metrics of others. */
  readonly canSubscribeMetrics: boolean;
  /** Whether it may control an agent's session. */
  readonly canManageAgentSession: boolean;
}

/** In the order of LiveKit's enum. */
const QUALITIES = ['poor', 'good', 'excellent', 'lost'] as const;

/** */
export function connectionQualityOf(quality: number | undefined): ConnectionQuality {
  return QUALITIES[quality ?? 0] ?? 'lost';
}

/**
 * Attributes that came by network. Without a prototype, so that a key such as `constructor` is there only
 * if somebody set it. `__proto__` is left out: rtc-node can't keep it.
 */
export function attributesOf(
  entries: Iterable<readonly [key: string, value: string]>,
): Readonly<Record<string, string>> {
  const attributes = Object.create(null) as Record<string, string>;
  for (const [key, value] of entries) if (key !== '__proto__') attributes[key] = value;
  return Object.freeze(attributes);
}

/** @internal Not in the published types, which would load rtc-node's. */
export function permissionsOf(
  permission: NonNullable<Rtc.Participant['info']['permission']>,
): ParticipantPermissions {
  return {
    canSubscribe: permission.canSubscribe ?? false,
    canPublish: permission.canPublish ?? false,
    canPublishData: permission.canPublishData ?? false,
    canPublishSources: permission.canPublishSources.map(sourceOf),
    hidden: permission.hidden ?? false,
    canUpdateMetadata: permission.canUpdateMetadata ?? false,
    canSubscribeMetrics: permission.canSubscribeMetrics ?? false,
    canManageAgentSession: permission.canManageAgentSession ?? false,
  };
}

/** The participant as rtc-node knows it now. */
export class ParticipantView {
  readonly #rtc: Rtc.Participant;
  readonly identity: string;

  /** @internal Not in the published types, which would load rtc-node's. */
  constructor(rtc: Rtc.Participant) {
    this.#rtc = rtc;
    this.identity = rtc.identity;
  }

  get sid(): string {
    return this.#rtc.sid ?? '';
  }

  get name(): string {
    return this.#rtc.name ?? '';
  }

  get metadata(): string {
    return this.#rtc.metadata;
  }

  get attributes(): Readonly<Record<string, string>> {
    return attributesOf(Object.entries(this.#rtc.attributes));
  }

  get kind(): ParticipantKind {
    return (PARTICIPANT_KINDS as readonly ParticipantKind[])[this.#rtc.kind] ?? 'standard';
  }

  get kindDetails(): readonly ParticipantKindDetail[] {
    return this.#rtc.kindDetails.flatMap(
      (detail) => (PARTICIPANT_KIND_DETAILS as readonly ParticipantKindDetail[])[detail] ?? [],
    );
  }

  get state(): ParticipantState {
    return (
      (PARTICIPANT_STATES as readonly ParticipantState[])[this.#rtc.info.state ?? 0] ?? 'joining'
    );
  }

  get joinedAt(): Date | undefined {
    const ms = Number(this.#rtc.info.joinedAt ?? 0n);
    return ms > 0 ? new Date(ms) : undefined;
  }

  get disconnectReason(): DisconnectReason | undefined {
    const reason = this.#rtc.disconnectReason;
    return reason === undefined ? undefined : disconnectReasonOf(reason);
  }

  get permissions(): ParticipantPermissions | undefined {
    const { permission } = this.#rtc.info;
    return permission && permissionsOf(permission);
  }

  get publications(): PublicationState[] {
    return [...this.#rtc.trackPublications.values()].map((rtc) => new PublicationState(rtc));
  }
}
