import { FramewireError } from '../core/errors.js';
import type { RtcSession } from './rtc-session.js';

/** What a participant changes of itself. */
export type OwnChange =
  | { readonly metadata: string }
  | { readonly name: string }
  | { readonly attributes: Readonly<Record<string, string>> };

/**
 * Asks the server for a change of our own details.
 *
 * @throws FramewireError `forbidden`, `too-large` or `native` if it refuses, `timeout` if no answer comes,
 * `disconnected`.
 */
export async function changeOwnDetails(session: RtcSession, change: OwnChange): Promise<void> {
  const { error } = await asked(session, change);
  if (!error) return;
  const code =
    ['NotAllowed', 'LimitExceeded', 'request timeout'].find((text) => error.includes(text)) ?? '';
  throw new FramewireError(
    CODES[code] ?? 'native',
    `The change of our own details was refused: ${error}.`,
  );
}

/** By what the native side says. */
const CODES: Readonly<Record<string, FramewireError['code']>> = {
  NotAllowed: 'forbidden',
  LimitExceeded: 'too-large',
  'request timeout': 'timeout',
};

function asked(session: RtcSession, change: OwnChange): Promise<{ readonly error?: string }> {
  const { localParticipantHandle } = session;
  if ('metadata' in change) {
    return session.request('setLocalMetadata', { localParticipantHandle, ...change });
  }
  if ('name' in change) {
    return session.request('setLocalName', { localParticipantHandle, ...change });
  }
  const attributes = Object.entries(change.attributes).map(([key, value]) => ({ key, value }));
  return session.request('setLocalAttributes', { localParticipantHandle, attributes });
}
