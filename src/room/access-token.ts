import {
  AccessToken as ServerSdkToken,
  type AccessTokenOptions,
  type VideoGrant,
} from 'livekit-server-sdk';
import { checkOneOf, checkOptions, checkString, shown } from '../core/check.js';
import { TRACK_SOURCES, type TrackSource } from '../core/track-handle.js';
import { sourceNumber } from '../native/rtc-state.js';

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
    if (options.identity !== undefined) checkString(options.identity, 'options.identity');
    const { ttl = DEFAULT_TTL } = options;
    checkTtl(ttl);
    super(key, secret, { ...options, ttl });
    // Not shown where the token is printed.
    Object.defineProperty(this, 'apiSecret', { enumerable: false });
  }

  /**
   * Allows what `grant` says, such as `{ roomJoin: true, room: 'studio' }`.
   *
   * @throws TypeError or RangeError if it names no such track source.
   */
  override addGrant(grant: RoomGrant): void {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
    checkOptions(grant ?? null, 'grant');
    const { canPublishSources, ...rest } = grant;
    if (canPublishSources === undefined) {
      super.addGrant(rest);
      return;
    }
    if (!Array.isArray(canPublishSources)) {
      throw new TypeError(
        `grant.canPublishSources must be an array, got ${shown(canPublishSources)}.`,
      );
    }
    // Both enums have LiveKit's numbers.
    const numbers = canPublishSources.map((source: unknown, i) => {
      if (typeof source === 'number') return source;
      checkOneOf(source, `grant.canPublishSources[${i}]`, TRACK_SOURCES);
      return sourceNumber(source);
    });
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
    super.addGrant({ ...rest, canPublishSources: numbers });
  }
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
