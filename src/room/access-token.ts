import {
  AccessToken as ServerSdkToken,
  RoomConfiguration,
  type VideoGrant,
} from 'livekit-server-sdk';
import {
  checkInteger,
  checkObject,
  checkOneOf,
  checkOptions,
  checkString,
  shown,
} from '../core/check.js';
import { FramewireError } from '../core/errors.js';
import { TRACK_SOURCES, type TrackSource } from '../core/track-handle.js';
import { PARTICIPANT_KINDS, type ParticipantKind } from '../native/participant-view.js';
import { sourceNumber } from '../native/rtc-state.js';
import { checkedOwnAttributes } from './own-details.js';

/** How the room is made if its first participant comes with this token. */
export interface TokenRoomConfig {
  /** Seconds that the server keeps it before anybody has joined. Default: the server's, 300. */
  readonly emptyTimeoutS?: number;
  /** Seconds that the server keeps it once the last participant has left. Default: the server's, 20. */
  readonly departureTimeoutS?: number;
  /** How many may take part at a time. Default: no limit. */
  readonly maxParticipants?: number;
  /** Whatever the application attaches to it. Default: empty. */
  readonly metadata?: string;
}

/** Who joins with a token. */
export interface AccessTokenOptions {
  /** One of its kind in the room. Needed to join. */
  readonly identity?: string;
  /** What it is called, for people. */
  readonly name?: string;
  /** Whatever the application attaches. */
  readonly metadata?: string;
  /** Whatever the application attaches, by key. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What it is. Default `standard`. */
  readonly kind?: ParticipantKind;
  /** How the room is made if it isn't there yet. */
  readonly roomConfig?: TokenRoomConfig;
  /** How long one can join with it: seconds, or a time span such as `'2 hours'`. Default 10 minutes. */
  readonly ttl?: number | string;
}

/** What can be published: a track of an unknown source needs no leave. */
const GRANTABLE = TRACK_SOURCES.filter((source) => source !== 'unknown');

type ServerSource = NonNullable<VideoGrant['canPublishSources']>[number];

/** What a token allows: livekit-server-sdk's grant, which also takes our names of track sources. */
export interface RoomGrant extends Omit<VideoGrant, 'canPublishSources'> {
  /** Sources that may be published. Default: all. */
  readonly canPublishSources?: readonly (TrackSource | ServerSource)[];
}

/** Long enough to join with, short enough to be of little use to a thief. */
const DEFAULT_TTL = '10m';

/**
 * What a participant joins with: livekit-server-sdk's access token, valid for 10 minutes unless told
 * otherwise. A stay may last longer; the server gives the participant fresh ones.
 *
 * @example
 * ```ts
 * const token = new AccessToken(apiKey, apiSecret, { identity: 'agent' });
 * token.addGrant({ roomJoin: true, room: 'studio' });
 * await room.connect(url, await token.toJwt());
 * ```
 */
export class AccessToken extends ServerSdkToken {
  #roomJoin = false;
  #sources: readonly number[] | undefined;

  /**
   * @param apiKey - The server's key; `LIVEKIT_API_KEY` if left out.
   * @param apiSecret - The key's secret; `LIVEKIT_API_SECRET` if left out.
   * @throws TypeError if an argument has the wrong type. @throws RangeError if one is empty, or `ttl` is
   * no time span.
   */
  constructor(apiKey?: string, apiSecret?: string, options: AccessTokenOptions = {}) {
    const key = apiKey ?? process.env['LIVEKIT_API_KEY'];
    const secret = apiSecret ?? process.env['LIVEKIT_API_SECRET'];
    checkString(key, 'apiKey');
    checkSecret(secret);
    checkOptions(options, 'options');
    // Read once: what is used is what was checked.
    const { identity, name, metadata, attributes, kind, roomConfig, ttl = DEFAULT_TTL } = options;
    if (identity !== undefined) checkString(identity, 'options.identity');
    checkTexts({ name, metadata });
    const checked =
      attributes !== undefined && checkedOwnAttributes(attributes, 'options.attributes');
    if (kind !== undefined) checkOneOf(kind, 'options.kind', PARTICIPANT_KINDS);
    checkTtl(ttl);
    super(key, secret, {
      ttl,
      ...(identity !== undefined && { identity }),
      ...(name !== undefined && { name }),
      ...(metadata !== undefined && { metadata }),
      ...(checked && { attributes: checked }),
    });
    if (kind !== undefined) this.kind = kind;
    if (roomConfig !== undefined) this.roomConfig = roomConfiguration(roomConfig);
    // Not shown where the token is printed.
    Object.defineProperty(this, 'apiSecret', { enumerable: false });
  }

  /**
   * Allows what `grant` says, such as `{ roomJoin: true, room: 'studio' }`.
   *
   * @throws TypeError or RangeError if it names no such track source.
   */
  override addGrant(grant: RoomGrant): void {
    checkObject(grant, 'grant');
    const { canPublishSources, ...rest } = grant;
    for (const [key, value] of Object.entries(rest)) checkGrant(value, `grant.${key}`);
    if (canPublishSources === undefined) {
      this.#addGrant(rest);
      return;
    }
    if (!Array.isArray(canPublishSources)) {
      throw new TypeError(
        `grant.canPublishSources must be an array, got ${shown(canPublishSources)}.`,
      );
    }
    // Both enums have LiveKit's numbers.
    // From, and not map, which passes over holes.
    const numbers = Array.from(canPublishSources as readonly unknown[], (source, i) => {
      if (GRANTABLE.map(sourceNumber).includes(source as number)) return source as number;
      checkOneOf(source, `grant.canPublishSources[${i}]`, GRANTABLE);
      return sourceNumber(source);
    });
    this.#sources = numbers;
    this.#addGrant(rest);
  }

  #addGrant(grant: Omit<VideoGrant, 'canPublishSources'>): void {
    super.addGrant(grant);
    if (grant.roomJoin !== undefined) this.#roomJoin = grant.roomJoin;
  }

  /**
   * The token as the server takes it.
   *
   * @throws FramewireError `invalid-state` if it lets somebody join who has no identity.
   */
  override async toJwt(): Promise<string> {
    if (this.#roomJoin && this.identity === undefined) {
      throw new FramewireError('invalid-state', 'A token to join with must have an identity.');
    }
    if (this.#sources) {
      // Each time anew: livekit-server-sdk replaces the numbers by names, which it doesn't know next time.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      super.addGrant({ canPublishSources: [...this.#sources] });
    }
    return super.toJwt();
  }
}

/** A grant's value as it goes into the token's JSON. */
function checkGrant(value: unknown, name: string): void {
  if (value === undefined || typeof value === 'boolean' || typeof value === 'string') return;
  throw new TypeError(`${name} must be a boolean or a string, got ${shown(value)}.`);
}

function checkTexts(texts: Readonly<Record<string, string | undefined>>): void {
  for (const [key, value] of Object.entries(texts)) {
    if (value === undefined || typeof (value as unknown) === 'string') continue;
    throw new TypeError(`options.${key} must be a string, got ${shown(value)}.`);
  }
}

function roomConfiguration(config: TokenRoomConfig): RoomConfiguration {
  checkOptions(config, 'options.roomConfig');
  const { emptyTimeoutS, departureTimeoutS, maxParticipants, metadata = '' } = config;
  for (const [key, value] of Object.entries({
    emptyTimeoutS,
    departureTimeoutS,
    maxParticipants,
  })) {
    if (value === undefined) continue;
    checkInteger(value, `options.roomConfig.${key}`, { min: 1, max: 2 ** 32 - 1 });
  }
  if (typeof (metadata as unknown) !== 'string') {
    throw new TypeError(`options.roomConfig.metadata must be a string, got ${shown(metadata)}.`);
  }
  return new RoomConfiguration({
    ...(emptyTimeoutS !== undefined && { emptyTimeout: emptyTimeoutS }),
    ...(departureTimeoutS !== undefined && { departureTimeout: departureTimeoutS }),
    ...(maxParticipants !== undefined && { maxParticipants }),
    metadata,
  });
}

/** As checkString, but what was given is not shown. */
function checkSecret(secret: unknown): asserts secret is string {
  if (typeof secret !== 'string') {
    throw new TypeError(`apiSecret must be a string, got a ${typeof secret}.`);
  }
  if (secret === '') throw new RangeError('apiSecret must not be empty.');
}

/** What livekit-server-sdk understands, which else fails as late as `toJwt()`. */
const TIME_SPAN =
  /^[+-]? ?\d+(\.\d+)? ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|y|yrs?|years?)$/i;

function checkTtl(ttl: unknown): void {
  const rule = "options.ttl must be seconds other than 0, or a time span such as '10m'";
  if (typeof ttl !== 'number' && typeof ttl !== 'string') {
    throw new TypeError(`${rule}, got ${shown(ttl)}.`);
  }
  // It takes 0 for none given, which is 6 hours.
  if (ttl === 0 || !TIME_SPAN.test(typeof ttl === 'number' ? `${ttl}s` : ttl))
    throw new RangeError(`${rule}, got ${shown(ttl)}.`);
}
