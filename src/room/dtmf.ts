import { checkInteger, checkObject, checkOneOf } from '../core/check.js';
import { type CheckedDataOptions, checkedDataOptions, type DataOptions } from './data-options.js';

/** The keys of a telephone, each at the place that is its code. */
export const DTMF_DIGITS = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '*',
  '#',
  'A',
  'B',
  'C',
  'D',
] as const;

/** One of {@link DTMF_DIGITS}. */
export type DtmfDigit = (typeof DTMF_DIGITS)[number];

/** A key that somebody pressed. */
export interface Dtmf {
  /** The key's number, as in RFC 4733: 0 to 9, 10 for `*`, 11 for `#`, 12 to 15 for `A` to `D`. */
  readonly code: number;
  /** What stands on the key, as the sender says. */
  readonly digit: string;
}

/** A key to press. */
export interface PublishDtmfOptions extends Pick<DataOptions, 'destinationIdentities' | 'signal'> {
  /** What stands on the key. */
  readonly digit: DtmfDigit;
  /** The key's number. Default: that of `digit`. */
  readonly code?: number;
}

/** The key, and whom to tell. @throws TypeError or RangeError if an option is not as it must be. */
export function checkedDtmf(options: PublishDtmfOptions): {
  readonly key: Dtmf;
  readonly to: CheckedDataOptions;
} {
  checkObject(options, 'options');
  const to = checkedDataOptions(options);
  const { digit } = options;
  checkOneOf(digit, 'options.digit', DTMF_DIGITS);
  const { code = DTMF_DIGITS.indexOf(digit) } = options;
  checkInteger(code, 'options.code', { min: 0, max: DTMF_DIGITS.length - 1 });
  return { key: { code, digit }, to };
}
