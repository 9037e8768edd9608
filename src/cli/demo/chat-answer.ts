import type { GuestFigures, HopFigures } from './protocol.js';

/** What the agent can tell of. */
export interface AgentKnowledge {
  /** The painter's pictures, as they came in the last second. */
  readonly painter: HopFigures | undefined;
  /** What comes from the camera of whoever asks, if anything does. */
  readonly guest: GuestFigures | undefined;
  /** Who is in the room, by name. */
  readonly people: readonly string[];
}

const HELP =
  "Ask for 'fps' (the pictures that I get), 'latency' (how old they are when they come) or 'who' " +
  '(is here). I send back the edges of your camera when you show it to me.';

/** The most of what somebody said that is repeated, in characters. */
const MAX_ECHO = 200;

/** What the agent answers to a line of the chat. */
export function answerTo(line: string, knowledge: AgentKnowledge): string {
  const words = new Set(line.toLowerCase().match(/\p{L}+/gu));
  if (words.has('help')) return HELP;
  if (words.has('fps')) return fpsOf(knowledge);
  if (words.has('latency')) return latencyOf(knowledge);
  if (words.has('who')) return `Here are ${listed(knowledge.people)}.`;
  const said = Array.from(line.trim());
  const echo = said.length > MAX_ECHO ? `${said.slice(0, MAX_ECHO).join('')}…` : said.join('');
  return `You said: ${echo} – I know more about 'fps', 'latency' and 'who'; 'help' says what they are.`;
}

function fpsOf({ painter, guest }: AgentKnowledge): string {
  if (!painter) return 'No picture has come yet.';
  const mine = `I get ${painter.fps.toFixed(1)} pictures a second from the painter and send the edges of each.`;
  if (!guest) return mine;
  return guest.state === 'processed' && guest.camera
    ? `${mine} From your camera I get ${guest.camera.fps.toFixed(1)}.`
    : `${mine} Your camera has to wait for its turn.`;
}

function latencyOf({ painter, guest }: AgentKnowledge): string {
  if (!painter?.latencyMs) return 'No picture has come yet.';
  const { p50, p95 } = painter.latencyMs;
  const mine = `The painter's pictures are ${p50.toFixed(0)} ms old when I get them, and 95 % of them at most ${p95.toFixed(0)} ms.`;
  const yours = guest?.camera?.latencyMs;
  return yours ? `${mine} Those of your camera are ${yours.p50.toFixed(0)} ms old.` : mine;
}

function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
