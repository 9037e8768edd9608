import { parseArgs } from 'node:util';

/**
 * What an option is if not given: text, a number above 0, or `false` for one that takes no value. A list has
 * all that it may be, and begins with what it is if not given.
 */
type FlagDefault = string | number | false | readonly [string, ...string[]];

/** A sample's own options, by name. */
export type FlagDefaults = Readonly<Record<string, FlagDefault>>;

/** What the options are now. */
export type FlagValues<Defaults extends FlagDefaults> = {
  readonly [Name in keyof Defaults]: Defaults[Name] extends number
    ? number
    : Defaults[Name] extends false
      ? boolean
      : Defaults[Name] extends readonly (infer Choice)[]
        ? Choice
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
  const lines = Object.entries<FlagDefault>({
    ...defaults,
    ...COMMON,
  }).map(([name, standard]) => {
    if (standard === false) return `  --${name}`;
    if (typeof standard === 'object') {
      return `  --${name} ${standard.join('|')} (default: ${standard[0]})`;
    }
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
  standard: FlagDefault,
): string | number | boolean {
  if (standard === false) return given === true;
  if (typeof standard === 'object') {
    const value = typeof given === 'string' ? given : standard[0];
    if (standard.includes(value)) return value;
    throw new UsageError(`--${name} must be one of ${standard.join(', ')}, got '${value}'.`);
  }
  if (typeof given !== 'string') return standard;
  if (typeof standard === 'string') return given;
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new UsageError(`--${name} must be a number above 0, got '${given}'.`);
  }
  return value;
}
