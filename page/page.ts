import { setLogLevel } from 'livekit-client';
import { TRACK_NAMES } from '../src/cli/demo/protocol.js';
import { Chat } from './chat.js';
import { byId, within } from './elements.js';
import { wayFigures } from './figure.js';
import { Inside } from './inside.js';
import { listenToNews } from './news.js';
import { OwnMedia } from './own-media.js';
import { ShownVideo } from './shown-video.js';
import { Sound } from './sound.js';
import { Visit, type VisitState } from './visit.js';

const HOW_TO_RESTART = 'Start it with npm run demo, and open the address that it prints.';

setLogLevel('error');

const stateLine = byId('state', HTMLElement);
const elapsed = byId('elapsed', HTMLElement);
let seconds: number | null = null;
let reached = true;
let state: VisitState = 'joining';
let why = '';

const visit = new Visit((now, because) => {
  state = now;
  why = because;
  const joined = state === 'joined';
  sound.enabled = joined;
  chat.enabled = joined;
  own.enabled = joined;
  showState();
});

const videos = [
  showVideo('painter', TRACK_NAMES.scene),
  showVideo('agent', TRACK_NAMES.edges),
] as const;
const sound = new Sound(visit);
const chat = new Chat(visit);
const own = new OwnMedia(visit);
const inside = new Inside();

listenToNews({
  onNews: (news) => {
    // Another demo has come to the same port, perhaps with another page.
    if (visit.ticket && visit.ticket.room !== news.room) location.reload();
    seconds = news.seconds;
    inside.show(news);
    if (news.role === 'agent') own.guests = news.figures.guests ?? [];
    showState();
  },
  onEnd: () => {
    visit.end();
  },
  onReached: (now) => {
    reached = now;
    showState();
  },
});

setInterval(() => {
  // What isn't looked at isn't shown by the browser either.
  if (document.hidden) return;
  for (const tick of videos) tick();
  sound.tick();
  own.tick();
}, 1000);

void visit.join();

/** Shows a participant's video in its card; returns what is to be done once a second. */
function showVideo(identity: string, name: string): () => void {
  const card = byId(identity, HTMLElement);
  const video = new ShownVideo(within(card, '.screen', HTMLElement));
  const figures = wayFigures(within(card, '.figures', HTMLElement), identity, {
    fps: 'Shown',
    latency: 'Latency',
    lost: 'Lost',
  });
  visit.seat({
    identity,
    name: () => name,
    wanted: () => true,
    show: (track) => video.show(track),
    clear: () => video.clear(),
  });
  return () => {
    const seen = video.read();
    figures.fps.show(seen?.fps ?? null);
    figures.latency.show(seen?.latencyMs ?? null);
    figures.lost.show(seen?.lost ?? null);
  };
}

function showState(): void {
  const shown = state !== 'ended' && !reached ? 'lost' : state;
  stateLine.dataset['state'] = shown;
  const texts: Record<typeof shown, string> = {
    joining: 'Joining the room …',
    joined: `Live, as ${visit.ticket?.name ?? 'a guest'}`,
    reconnecting: `${why} Trying again …`,
    lost: `The demo doesn’t answer. If it was ended: ${HOW_TO_RESTART}`,
    ended: `The demo has ended. ${HOW_TO_RESTART}`,
  };
  // Apart from the state, which is read out when it changes.
  elapsed.textContent = shown === 'joined' && seconds !== null ? `for ${seconds.toFixed(0)} s` : '';
  if (stateLine.textContent !== texts[shown]) stateLine.textContent = texts[shown];
}
