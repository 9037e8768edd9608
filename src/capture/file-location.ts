import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPath, inOneLine, shown } from '../core/check.js';
import { FramewireError } from '../core/errors.js';

/** What a protocol is made of, which must be allowed as well: ffmpeg asks for each by name. */
const CARRIERS: { readonly [protocol: string]: readonly string[] } = {
  http: ['tcp'],
  https: ['tls', 'tcp', 'httpproxy'],
  rtmp: ['tcp'],
  rtmps: ['tls', 'tcp'],
  rtsp: ['rtp', 'udp', 'tcp'],
  rtsps: ['rtp', 'udp', 'tls', 'tcp'],
  ftp: ['tcp'],
  tls: ['tcp'],
};

/** Without a comma, which would name one more. */
const PROTOCOL = /^[a-z][a-z0-9+._-]*$/;
/** More than one letter: a single one is a drive of Windows. */
const URL_LIKE = /^([a-z][a-z0-9+.-]+):/i;

/** Where the bytes of a file come from. */
export interface FileLocation {
  /** What ffmpeg gets. It can't be taken for an option, nor for another protocol than was checked. */
  readonly input: string;
  /** The protocols that ffmpeg may use, also for what the file names: a value of `-protocol_whitelist`. */
  readonly protocols: string;
  /** The path, of a file of this system's. */
  readonly path: string | undefined;
  /** What error messages call it: without the secrets that a URL may have. */
  readonly name: string;
}

/**
 * Reads a path or a URL. What begins with a name and a colon is a URL, as for ffmpeg, whatever files there
 * are; everything else is a path.
 *
 * @throws TypeError or RangeError if an argument is wrong.
 * @throws FramewireError `forbidden` if `protocols` hasn't its protocol.
 */
export function fileLocation(pathOrUrl: unknown, protocols: unknown): FileLocation {
  const text = pathOrUrl instanceof URL ? pathOrUrl.href : pathOrUrl;
  checkPath(text, 'pathOrUrl');
  const allowed = checkedProtocols(protocols);
  const scheme = URL_LIKE.exec(text)?.[1];
  const protocol = scheme?.toLowerCase() ?? 'file';
  if (!allowed.includes(protocol)) {
    const got = allowed.length > 0 ? allowed.join(', ') : 'none';
    throw new FramewireError(
      'forbidden',
      `${shown(nameOf(text, scheme))} is read by the protocol '${protocol}', which options.protocols ` +
        `doesn't allow (it allows ${got}). A path whose name has a colon begins with './'.`,
    );
  }
  const whitelist = [...new Set(allowed.flatMap((one) => [one, ...(CARRIERS[one] ?? [])]))].join(
    ',',
  );
  if (protocol !== 'file') {
    const input = protocol + text.slice(protocol.length);
    return { input, protocols: whitelist, path: undefined, name: inOneLine(nameOf(text, scheme)) };
  }
  const path = resolve(pathIn(text, scheme));
  return { input: `file:${path}`, protocols: whitelist, path, name: inOneLine(path) };
}

function checkedProtocols(protocols: unknown): readonly string[] {
  if (!Array.isArray(protocols)) {
    throw new TypeError(`options.protocols must be an array of strings, got ${shown(protocols)}.`);
  }
  return Array.from(protocols as readonly unknown[], (one, i) => {
    if (typeof one !== 'string') {
      throw new TypeError(`options.protocols[${i}] must be a string, got ${shown(one)}.`);
    }
    if (PROTOCOL.test(one)) return one;
    throw new RangeError(
      `options.protocols[${i}] must be the name of a protocol such as 'https', got ${shown(one)}.`,
    );
  });
}

function pathIn(text: string, scheme: string | undefined): string {
  if (scheme === undefined) return text;
  const rest = text.slice(scheme.length + 1);
  if (!rest.startsWith('//')) return rest;
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new RangeError(`pathOrUrl must be a URL of a file of this system, got ${shown(text)}.`, {
      cause,
    });
  }
}

/** A URL without user, password and query; a path as it is. */
function nameOf(text: string, scheme: string | undefined): string {
  if (scheme === undefined) return text;
  return text.replace(/\/\/[^/?#]*@/, '//').replace(/[?#].*$/s, '');
}
