import type { Room, SimulateScenario } from 'framewire';
import { nextEvent } from './waits.js';

/** Makes a room lose its connection, and resolves while it's without. */
export async function lose(room: Room, scenario: SimulateScenario): Promise<void> {
  const lost = nextEvent(room, 'reconnecting');
  await room.simulateScenario(scenario);
  await lost;
}

/** Makes a room lose its connection, and resolves when it's back. */
export async function reconnect(room: Room, scenario: SimulateScenario): Promise<void> {
  const back = nextEvent(room, 'reconnected');
  await lose(room, scenario);
  await back;
}
