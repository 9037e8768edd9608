import { AccessToken as ServerSdkToken, type AccessTokenOptions } from 'livekit-server-sdk';
import { checkOptions, checkString } from '../core/check.js';

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
   * @throws TypeError if an argument has the wrong type. @throws RangeError if one is empty.
   */
  constructor(apiKey?: string, apiSecret?: string, options: AccessTokenOptions = {}) {
    const key = apiKey ?? process.env['LIVEKIT_API_KEY'];
    const secret = apiSecret ?? process.env['LIVEKIT_API_SECRET'];
    checkString(key, 'apiKey');
    checkSecret(secret);
    checkOptions(options, 'options');
    if (options.identity !== undefined) checkString(options.identity, 'options.identity');
    super(key, secret, { ttl: DEFAULT_TTL, ...options });
  }
}

/** As checkString, but what was given is not shown. */
function checkSecret(secret: unknown): asserts secret is string {
  if (typeof secret !== 'string') {
    throw new TypeError(`apiSecret must be a string, got a ${typeof secret}.`);
  }
  if (secret === '') throw new RangeError('apiSecret must not be empty.');
}
