import { parseArgs } from 'node:util';

/** A sample's own options, by name, each with what it is if not given; `false` is for one that takes no value. */
export type FlagDefaults = Readonly<Record<string, string | number | false>>;

/** What the options are now. */
export type FlagValues<Defaults extends FlagDefaults> = {
  readonly [Name in keyof Defaults]: Defaults[Name] extends number
    ? number
    : Defaults[Name] extends false
      ? boolean
      : string;
};

/** A server that the user names; all samples have these options. */
export interface NamedServer {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** A sample's command line. */
export interface CommandLine<Defaults extends FlagDefaults> {
  /** `undefined` if a server on this machine is to be started. */
  readonly server: NamedServer | undefined;
  readonly roomName: string;
  readonly seconds: number;
  readonly flags: FlagValues<Defaults>;
}

/** What is wrong with a command line. */
export class UsageError extends Error {}

const COMMON = {
  seconds: 5,
  room: 'framewire-samples',
  url: '',
  'api-key': '',
  'api-secret': '',
};

/**
 * Reads a sample's command line.
 *
 * @returns `undefined` if help was asked for.
 * @throws UsageError if an option is unknown, or its value isn't what it must be.
 */
export function readCommandLine<Defaults extends FlagDefaults>(
  args: readonly string[],
  defaults: Defaults,
): CommandLine<Defaults> | undefined {
  const all: FlagDefaults = { ...COMMON, ...defaults };
  const given = parse(args, all);
  if (given['help'] === true) return undefined;
  const values = Object.fromEntries(
    Object.entries(all).map(([name, standard]) => [name, valueOf(name, given[name], standard)]),
  );
  const { seconds, room, url, 'api-key': apiKey, 'api-secret': apiSecret } = values;
  if (url !== '' && (apiKey === '' || apiSecret === '')) {
    throw new UsageError('--url needs --api-key and --api-secret.');
  }
  if (url === '' && (apiKey !== '' || apiSecret !== '')) {
    throw new UsageError('--api-key and --api-secret need --url.');
  }
  return {
    server:
      url === ''
        ? undefined
        : { url: String(url), apiKey: String(apiKey), apiSecret: String(apiSecret) },
    roomName: String(room),
    seconds: Number(seconds),
    flags: values as FlagValues<Defaults>,
  };
}

/** The options that a sample has, as lines of text. */
export function helpText(defaults: FlagDefaults): string {
  const lines = Object.entries<string | number | false>({
    ...defaults,
    ...COMMON,
  }).map(([name, standard]) => {
    if (standard === false) return `  --${name}`;
    const value = typeof standard === 'number' ? 'NUMBER' : 'TEXT';
    return `  --${name} ${value}${standard === '' ? '' : ` (default: ${standard})`}`;
  });
  return ['Options:', ...lines, 'Without --url, a LiveKit server is started.'].join('\n');
}

function parse(
  args: readonly string[],
  all: FlagDefaults,
): Readonly<Record<string, string | boolean | undefined>> {
  const types = Object.entries(all).map(
    ([name, standard]) => [name, { type: standard === false ? 'boolean' : 'string' }] as const,
  );
  try {
    const options = {
      ...Object.fromEntries(types),
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function valueOf(
  name: string,
  given: string | boolean | undefined,
  standard: string | number | false,
): string | number | boolean {
  if (standard === false) return given === true;
  if (typeof given !== 'string') return standard;
  if (typeof standard === 'string') return given;
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new UsageError(`--${name} must be a number above 0, got '${given}'.`);
  }
  return value;
}
