import { FramewireError, type FramewireErrorCode, messageOf } from '../core/errors.js';

/** What the native side says of a failed connect, and what it means. The first that fits counts. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: FramewireErrorCode, meaning: string])[] =
  [
    [/token is expired/, 'token-expired', 'the access token has expired'],
    [/permissions denied|no room name|403/, 'forbidden', 'the access token does not grant to join'],
    [
      /401|token has invalid characters/,
      'invalid-token',
      'the server does not accept the access token',
    ],
    [/parse the url/, 'invalid-url', 'the URL is not one of a LiveKit server'],
    [
      /client error: 404|handshake error|client error/,
      'invalid-url',
      'what answers there is not a LiveKit server',
    ],
    [/server error/, 'connection-refused', 'the server answers that it is out of order'],
    [/timed out/, 'timeout', 'the server did not answer in time'],
    [
      /Connection refused|lookup address|reset by peer|Handshake not finished|transport|IO error/,
      'connection-refused',
      'the server cannot be reached',
    ],
  ];

/** What a failed connect of rtc-node's means. Neither token nor credentials are repeated. */
export function connectError(
  cause: unknown,
  { url, token }: { readonly url: string; readonly token: string },
): FramewireError {
  const raw = messageOf(cause);
  // The server's answer repeats the token that it refuses.
  const text = (token.length < 8 ? raw : raw.replaceAll(token, '<token>')).trim().slice(0, 300);
  const [, code, meaning] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [
    undefined,
    'native' as const,
    'the native side failed',
  ];
  // Not the original error as the cause: it holds the token.
  return new FramewireError(code, `Could not join at ${shownUrl(url)}: ${meaning} (${text}).`, {
    cause: new Error(text),
  });
}

/** The URL without what it may hold in secrets. */
export function shownUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
  } catch {
    return JSON.stringify(url.slice(0, 60));
  }
}
