import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** The addresses that a page may speak to at a LiveKit server: its WebSocket, and HTTP to ask why not. */
function livekitAddresses(url: string): readonly string[] {
  const { host, hostname, protocol } = new URL(url);
  const secure = protocol === 'wss:' || protocol === 'https:';
  const schemes = secure ? ['wss', 'https'] : ['ws', 'http'];
  // LiveKit's cloud sends its clients on to a server near them.
  const hosts = hostname.endsWith('.livekit.cloud') ? [host, '*.livekit.cloud'] : [host];
  return hosts.flatMap((one) => schemes.map((scheme) => `${scheme}://${one}`));
}

/** What goes with everything that the page's server sends: the page can reach nothing else. */
export function pageHeaders(livekitUrl: string): OutgoingHttpHeaders {
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${livekitAddresses(livekitUrl).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(self), microphone=(self), geolocation=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/**
 * Why a request isn't answered, or undefined. A name of somebody else's may lead to this machine, and
 * a page of somebody else's may ask for what is here: both say so.
 */
export function refusal({ headers }: IncomingMessage, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host)) {
    return `This page is at http://127.0.0.1:${port}/ alone.`;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    return 'This is for the page of the demo alone.';
  }
  return undefined;
}
