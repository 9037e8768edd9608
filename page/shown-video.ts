import { type RemoteTrack, RemoteVideoTrack } from 'livekit-client';
import { within } from './elements.js';
import { FrameMeter, type Seen } from './frame-meter.js';

/** Some browsers don't tell which picture they show. */
const MEASURABLE = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;

/** A video element with what is shown while there is nothing to see. */
export class ShownVideo {
  readonly #screen: HTMLElement;
  readonly #video: HTMLVideoElement;
  #track: RemoteVideoTrack | undefined;
  #meter: FrameMeter | undefined;

  constructor(screen: HTMLElement) {
    this.#screen = screen;
    this.#video = within(screen, 'video', HTMLVideoElement);
  }

  /** Shows a track. */
  show(track: RemoteTrack): void {
    this.clear();
    if (!(track instanceof RemoteVideoTrack)) return;
    this.#track = track;
    // Browsers hold pictures back to show them evenly. Here they are to be as new as can be.
    track.setPlayoutDelay(0);
    track.attach(this.#video);
    if (MEASURABLE) this.#meter = new FrameMeter(this.#video, track);
    this.#screen.classList.add('live');
  }

  /** Shows nothing. */
  clear(): void {
    this.#meter?.stop();
    this.#track?.detach(this.#video);
    this.#meter = undefined;
    this.#track = undefined;
    this.#screen.classList.remove('live');
  }

  /** What was seen since the last call. */
  read(): Seen | null {
    return this.#meter?.read() ?? null;
  }
}
