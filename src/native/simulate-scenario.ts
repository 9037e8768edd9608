import type { RtcSession } from './rtc-session.js';

/** What {@link Room.simulateScenario} can do to a connection. In LiveKit's order. */
export const SIMULATE_SCENARIOS = [
  'signal-reconnect',
  'speaker',
  'node-failure',
  'server-leave',
  'migration',
  'force-tcp',
  'force-tls',
  'full-reconnect',
  'disconnect-signal-on-resume',
] as const;

/** One of {@link SIMULATE_SCENARIOS}. */
export type SimulateScenario = (typeof SIMULATE_SCENARIOS)[number];

/** @throws FramewireError `disconnected` or `native`. The signal's reason. */
export async function simulateScenario(
  session: RtcSession,
  scenario: SimulateScenario,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { error } = await session.request(
    'simulateScenario',
    { roomHandle: session.roomHandle, scenario: SIMULATE_SCENARIOS.indexOf(scenario) },
    signal,
  );
  if (error) throw session.failure(error, `'${scenario}' could not be simulated`);
}
