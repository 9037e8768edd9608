import {
  createLocalTracks,
  type LocalTrack,
  type RemoteTrack,
  Track,
  TrackEvent,
} from 'livekit-client';
import { type GuestFigures, MAX_GUESTS, returnedName } from '../src/cli/demo/protocol.js';
import { byId, within } from './elements.js';
import { wayFigures } from './figure.js';
import { ShownVideo } from './shown-video.js';
import type { Visit } from './visit.js';

/** Small, so that the agent has time for several guests. */
const CAMERA = { resolution: { width: 640, height: 360, frameRate: 24 } } as const;

type State = 'off' | 'asking' | 'on';

/** The guest's own camera and microphone: sent to the agent, and shown as they come back. */
export class OwnMedia {
  readonly #visit: Visit;
  readonly #button = byId('camera-button', HTMLButtonElement);
  readonly #text = byId('camera-text', HTMLElement);
  readonly #hear = byId('hear', HTMLInputElement);
  readonly #own = byId('own', HTMLVideoElement);
  readonly #invitation = this.#text.textContent;
  readonly #returned: ShownVideo;
  readonly #player = new Audio();
  readonly #figures;
  #state: State = 'off';
  #tracks: readonly LocalTrack[] = [];
  #detach: (() => void) | undefined;
  #news: GuestFigures | undefined;

  constructor(visit: Visit) {
    this.#visit = visit;
    this.#returned = new ShownVideo(
      byId('returned', HTMLVideoElement).parentElement as HTMLElement,
    );
    const card = byId('you', HTMLElement);
    this.#figures = wayFigures(within(card, '.figures', HTMLElement), 'you', {
      fps: 'Shown',
      latency: 'Round trip',
      lost: 'Lost both ways',
    });
    const seat = (
      kind: 'video' | 'audio',
      show: (track: RemoteTrack) => void,
      clear: () => void,
    ) => {
      const name = (): string | undefined =>
        visit.ticket && returnedName(kind, visit.ticket.identity);
      visit.seat({ identity: 'agent', name, wanted: () => this.#state === 'on', show, clear });
    };
    seat(
      'video',
      (track) => this.#returned.show(track),
      () => this.#returned.clear(),
    );
    seat(
      'audio',
      (track) => this.#showVoice(track),
      () => this.#detach?.(),
    );
    this.#button.addEventListener('click', () => void this.#toggle());
    this.#hear.addEventListener('change', () => {
      this.#player.muted = !this.#hear.checked;
    });
  }

  /** Whether the button can be pressed. Without a connection there is nobody to show anything to. */
  set enabled(enabled: boolean) {
    this.#button.disabled = !enabled;
    if (!enabled) void this.#stop();
  }

  /** What the agent says of its guests. */
  set guests(guests: readonly GuestFigures[]) {
    const waiting = guests.filter(({ state }) => state === 'waiting');
    const me = this.#visit.ticket?.identity;
    this.#news = guests.find(({ identity }) => identity === me);
    if (this.#state !== 'on') return;
    const place = waiting.findIndex(({ identity }) => identity === me) + 1;
    this.#say(
      place > 0
        ? `The agent processes ${MAX_GUESTS} guests at once, and all places are taken. You are number ${place} in the line: it begins by itself.`
        : 'The agent sees you, and nobody else does.',
    );
  }

  /** Once a second. */
  tick(): void {
    if (this.#state !== 'on') return;
    const seen = this.#returned.read();
    const { fps, latency, lost } = this.#figures;
    fps.show(seen?.fps ?? null);
    latency.show(seen?.latencyMs ?? null);
    const there = this.#news?.camera;
    const lostThere = there ? there.missing + there.dropped.full + there.dropped.late : 0;
    lost.show(seen?.lost == null ? null : seen.lost + lostThere);
  }

  async #toggle(): Promise<void> {
    if (this.#state === 'on') {
      await this.#stop();
    } else if (this.#state === 'off') {
      await this.#start();
    }
  }

  async #start(): Promise<void> {
    this.#state = 'asking';
    this.#render();
    this.#say('The browser asks for your camera and your microphone.');
    try {
      const tracks = await openDevices();
      this.#tracks = tracks;
      if (!this.#asks()) {
        for (const track of tracks) track.stop();
        return;
      }
      const { me } = this.#visit;
      if (!me) throw new Error('The room was left.');
      // The agent alone: neither the other guests nor the viewer are to see it.
      me.setTrackSubscriptionPermissions(false, [{ participantIdentity: 'agent', allowAll: true }]);
      for (const track of tracks) {
        if (track.kind === Track.Kind.Video) this.#showOwn(track);
        track.once(TrackEvent.Ended, () => {
          void this.#stop('The camera or the microphone was taken away.');
        });
        await me.publishTrack(track);
        // The connection was lost meanwhile, with all that goes with it.
        if (!this.#asks()) return;
      }
      this.#state = 'on';
      this.#say('Waits for the agent.');
      this.#visit.update();
    } catch (error) {
      await this.#stop(whyNot(error));
    }
    this.#render();
  }

  /** Whether it's still about to begin. */
  #asks(): boolean {
    return this.#state === 'asking';
  }

  async #stop(why = this.#invitation): Promise<void> {
    if (this.#state === 'off') return;
    this.#state = 'off';
    const tracks = this.#tracks;
    this.#tracks = [];
    this.#say(why);
    this.#own.parentElement?.classList.remove('live');
    this.#visit.update();
    this.#render();
    for (const track of tracks) {
      track.stop();
      track.detach();
      // The room may have been left meanwhile.
      await this.#visit.me?.unpublishTrack(track).catch(() => undefined);
    }
  }

  #showOwn(track: LocalTrack): void {
    track.attach(this.#own);
    this.#own.parentElement?.classList.add('live');
  }

  #showVoice(track: RemoteTrack): void {
    this.#detach?.();
    this.#player.muted = !this.#hear.checked;
    track.attach(this.#player);
    this.#detach = () => {
      track.detach(this.#player);
      this.#detach = undefined;
    };
  }

  #say(text: string | null): void {
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }

  #render(): void {
    const on = this.#state === 'on';
    this.#button.textContent = on ? 'Stop my camera' : 'Show the agent my camera';
    this.#button.setAttribute('aria-pressed', `${on}`);
    this.#hear.disabled = !on;
  }
}

/** Camera and microphone, or whichever there is. @throws if there is neither, or it's refused. */
async function openDevices(): Promise<LocalTrack[]> {
  try {
    return await createLocalTracks({ video: CAMERA, audio: true });
  } catch (error) {
    if (nameOf(error) !== 'NotFoundError') throw error;
  }
  try {
    return await createLocalTracks({ video: CAMERA, audio: false });
  } catch (error) {
    if (nameOf(error) !== 'NotFoundError') throw error;
  }
  return createLocalTracks({ video: false, audio: true });
}

function whyNot(error: unknown): string {
  switch (nameOf(error)) {
    case 'NotAllowedError':
      return 'The browser did not give your camera and microphone: that was refused. To change your mind, look for the camera beside the page’s address, and press the button again.';
    case 'NotFoundError':
      return 'This machine has no camera and no microphone that the browser knows of.';
    case 'NotReadableError':
      return 'The camera or the microphone can’t be opened; another program may be using it.';
    default:
      return `It did not work: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
