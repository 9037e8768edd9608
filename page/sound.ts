import type { RemoteTrack } from 'livekit-client';
import { TRACK_NAMES } from '../src/cli/demo/protocol.js';
import { Ear } from './ear.js';
import { byId } from './elements.js';
import type { Visit } from './visit.js';

/** Plays the agent's tone when asked to, and says which pitch it has. */
export class Sound {
  readonly #button = byId('sound-button', HTMLButtonElement);
  readonly #text = byId('sound-text', HTMLElement);
  readonly #pitch = byId('pitch', HTMLElement);
  readonly #silence = this.#text.textContent;
  readonly #player = new Audio();
  #playing = false;
  #ear: Ear | undefined;
  #detach: (() => void) | undefined;

  constructor(visit: Visit) {
    visit.seat({
      identity: 'agent',
      name: () => TRACK_NAMES.tone,
      wanted: () => this.#playing,
      show: (track) => this.#show(track),
      clear: () => this.#clear(),
    });
    this.#button.addEventListener('click', () => {
      this.#playing = !this.#playing;
      this.#button.setAttribute('aria-pressed', `${this.#playing}`);
      this.#button.textContent = this.#playing ? 'Stop the sound' : 'Play the sound';
      this.#text.textContent = this.#playing
        ? 'The painter’s tone of 440 Hz, by way of the agent. Heard by this page:'
        : this.#silence;
      visit.update();
    });
  }

  /** Whether the button can be pressed. */
  set enabled(enabled: boolean) {
    this.#button.disabled = !enabled;
  }

  /** Once a second. */
  tick(): void {
    const pitch = this.#ear?.pitch() ?? null;
    this.#pitch.textContent = pitch === null ? '' : `${pitch.toFixed(0)} Hz`;
  }

  #show(track: RemoteTrack): void {
    this.#clear();
    track.attach(this.#player);
    this.#detach = () => track.detach(this.#player);
    this.#listen(track).catch((error: unknown) => {
      this.#text.textContent = `The browser doesn’t play it: ${String(error)}`;
    });
  }

  async #listen(track: RemoteTrack): Promise<void> {
    await this.#player.play();
    const ear = await Ear.open(track.mediaStreamTrack);
    // It may have been stopped meanwhile.
    if (this.#playing && this.#detach && !this.#ear) this.#ear = ear;
    else ear.close();
  }

  #clear(): void {
    this.#ear?.close();
    this.#ear = undefined;
    this.#detach?.();
    this.#detach = undefined;
    this.tick();
  }
}
