import type { RtcSession } from './rtc-session.js';

/** A connection that is closed fails what is asked of it up to some 100 ms before it tells that it's closed. */
const MOMENT_MS = 500;

/** Whether a stay is over, or is in a moment: then that is why something failed. */
export async function endsSoon(session: RtcSession): Promise<boolean> {
  if (!session.isConnected()) return true;
  let off: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    off = session.onEnd(resolve);
    timer = setTimeout(resolve, MOMENT_MS);
  });
  off?.();
  clearTimeout(timer);
  return !session.isConnected();
}
