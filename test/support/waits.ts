import type {
  AudioStream,
  Participant,
  ParticipantEvents,
  RemoteTrackPublication,
  Room,
  RoomEvents,
  Track,
  TrackEvents,
  VideoStream,
} from 'framewire';
import { type Color, colorDistance, frequencyOf, meanColor } from 'framewire/testing';

/** Codecs change colours a little. */
const TOLERANCE = 30;

type EventsOf<Emitter> = Emitter extends Room
  ? RoomEvents
  : Emitter extends Track
    ? TrackEvents
    : ParticipantEvents;

type Arguments<Emitter, K extends keyof EventsOf<Emitter>> = Extract<
  EventsOf<Emitter>[K],
  readonly unknown[]
>;

/** The arguments of the next `event`, or of the next one that `fits`. */
export function nextEvent<
  Emitter extends Room | Track | Participant,
  K extends keyof EventsOf<Emitter> & string,
>(
  emitter: Emitter,
  event: K,
  fits: (...args: Arguments<Emitter, K>) => boolean = () => true,
): Promise<Arguments<Emitter, K>> {
  const { on } = emitter as {
    readonly on: (event: string, listener: (...args: never) => void) => () => void;
  };
  return new Promise((resolve) => {
    const off = on.call(emitter, event, (...args: Arguments<Emitter, K>) => {
      if (!fits(...args)) return;
      off();
      resolve(args);
    });
  });
}

/** A track of somebody else's as soon as the room knows of it, which is a moment after it was published. */
export async function untilPublished(
  room: Room,
  kind: 'video' | 'audio',
): Promise<RemoteTrackPublication> {
  for (const { trackPublications } of room.remoteParticipants.values()) {
    for (const publication of trackPublications.values()) {
      if (publication.kind === kind) return publication;
    }
  }
  const [publication] = await nextEvent(room, 'trackPublished', (one) => one.kind === kind);
  return publication;
}

/** Reads a stream until it shows a colour, and returns that as it arrived. Fails if it ends before. */
export async function untilColor(stream: VideoStream, color: Color): Promise<Color> {
  let last: Color | undefined;
  for (;;) {
    const { done, value: frame } = await stream.next();
    if (done) throw new Error(`The stream ended before ${color.join()}; last was ${last?.join()}.`);
    last = meanColor(frame);
    frame.close();
    if (colorDistance(last, color) <= TOLERANCE) return last;
  }
}

/** Reads a stream until it carries a tone of `frequency`, to within 2 %. Fails if it ends before. */
export async function untilTone(
  stream: Pick<AudioStream, 'sampleRate' | 'next'>,
  frequency: number,
): Promise<number> {
  let last: number | undefined;
  const window = new Int16Array(stream.sampleRate / 5);
  for (let filled = 0; ;) {
    const { done, value: frame } = await stream.next();
    if (done) throw new Error(`The stream ended before ${frequency} Hz; last was ${last}.`);
    const mono = frame.data.filter((_, i) => i % frame.channels === 0);
    const part = mono.subarray(0, window.length - filled);
    window.set(part, filled);
    filled += part.length;
    if (filled < window.length) continue;
    filled = 0;
    last = frequencyOf(window, stream.sampleRate);
    if (Math.abs(last - frequency) <= frequency * 0.02) return last;
  }
}

/** Reads a stream to its end. @returns how many frames came. */
export async function drain(stream: VideoStream | AudioStream): Promise<number> {
  let frames = 0;
  for await (const frame of stream) {
    frames += 1;
    if ('close' in frame) frame.close();
  }
  return frames;
}

/** Resolves when that is so: for what has no event. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 5).unref());
}
