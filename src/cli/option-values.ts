import { InvalidArgumentError } from 'commander';

/** The longest that Node's timers can wait. */
const MAX_SECONDS = 2_147_483;

/** @throws InvalidArgumentError if the text is no positive number of seconds. */
export function parseSeconds(text: string): number {
  const seconds = decimal(text);
  if (!(seconds > 0) || seconds > MAX_SECONDS) {
    throw new InvalidArgumentError(`It must be a positive number of at most ${MAX_SECONDS}.`);
  }
  return seconds;
}

/** @throws InvalidArgumentError if the text is no port. */
export function parsePort(text: string): number {
  const port = decimal(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('It must be an integer from 1 to 65535.');
  }
  return port;
}

/** @throws InvalidArgumentError if the text is no address of a server. */
export function parseUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (!['ws:', 'wss:', 'http:', 'https:'].includes(protocol)) {
    throw new InvalidArgumentError('It must be a ws:, wss:, http: or https: address.');
  }
  return text;
}

/** @throws InvalidArgumentError if the text is empty. */
export function parseText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** @throws InvalidArgumentError if the text doesn't name a PNG file. */
export function parsePngFile(text: string): string {
  if (!/[^/\\]\.png$/i.test(text)) throw new InvalidArgumentError('It must end in .png.');
  return text;
}

/** @throws InvalidArgumentError if the text doesn't name a file that can be recorded to. */
export function parseRecording(text: string): string {
  if (!/[^/\\]\.(mp4|webm|mkv)$/i.test(text)) {
    throw new InvalidArgumentError('It must end in .mp4, .webm or .mkv.');
  }
  return text;
}

/** `Number` alone takes '', '0x10' and '1e3' too. */
function decimal(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
}
