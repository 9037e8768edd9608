import type { FramewireError } from 'framewire';
import { TrackFrameStream } from '../../src/core/track-frame-stream.js';
import { fromTrack, participantInput, StreamInput } from '../../src/core/stream-input.js';
import type {
  Brand,
  IdentityFollower,
  ParticipantHandle,
  TrackHandle,
  TrackKind,
  TrackSource,
} from '../../src/core/track-handle.js';

/** A track that a test ends when it likes. */
class FakeTrack implements TrackHandle {
  declare readonly brand: Brand<'track'>;
  readonly kind = 'video' as const;
  readonly name: string;
  readonly remote = true;
  readonly listeners = new Set<() => void>();
  ended = false;

  constructor(name: string) {
    this.name = name;
  }

  onEnded(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  nativeTrack(): never {
    throw new Error('A fake track has nothing native.');
  }

  end(): void {
    this.ended = true;
    for (const listener of [...this.listeners]) listener();
  }
}

/** An identity whose tracks and presence a test changes. */
class FakeParticipant implements ParticipantHandle {
  declare readonly brand: Brand<'participant'>;
  readonly identity = 'ann';
  readonly listeners = new Set<() => void>();
  readonly asked: (number | undefined)[] = [];
  patienceMs: number | undefined;
  track: TrackHandle | undefined;

  follow(listener: () => void): IdentityFollower {
    this.listeners.add(listener);
    return {
      trackOf: (source: TrackSource, kind: TrackKind): TrackHandle | undefined =>
        source === 'camera' && kind === 'video' ? this.track : undefined,
      patienceMs: (rejoinMs) => {
        this.asked.push(rejoinMs);
        return this.patienceMs;
      },
      stop: () => this.listeners.delete(listener),
    };
  }

  change(track: TrackHandle | undefined): void {
    this.track = track;
    for (const listener of [...this.listeners]) listener();
  }

  leave(patienceMs = 0): void {
    this.patienceMs = patienceMs;
    this.change(undefined);
  }

  comeBack(track?: TrackHandle): void {
    this.patienceMs = undefined;
    this.change(track);
  }
}

/** Feeds from `input` and writes down what happens. */
function follow(input: StreamInput): { readonly story: string[]; readonly stop: () => void } {
  const story: string[] = [];
  const stop = input.feed({
    open: (track) => {
      story.push(`open ${track.name}`);
      return () => story.push(`close ${track.name}`);
    },
    end: () => story.push('end'),
    fail: (error) => story.push(`fail ${(error as FramewireError).code}`),
  });
  return { story, stop };
}

const CAMERA = {
  source: 'camera',
  kind: 'video',
  timeoutMs: undefined,
  rejoinMs: undefined,
} as const;

describe('fromTrack', () => {
  it('opens the track and ends with it', () => {
    const track = new FakeTrack('t');
    const { story, stop } = follow(fromTrack(track));
    track.end();
    expect(story).toEqual(['open t', 'close t', 'end']);
    stop();
    expect(story).toHaveLength(3);
    expect(track.listeners.size).toBe(0);
  });

  it('ends at once when the track has ended', () => {
    const track = new FakeTrack('t');
    track.end();
    expect(follow(fromTrack(track)).story).toEqual(['end']);
  });

  it('closes the track once when it is stopped, and leaves no listener', () => {
    const track = new FakeTrack('t');
    const { story, stop } = follow(fromTrack(track));
    stop();
    stop();
    track.end();
    expect(story).toEqual(['open t', 'close t']);
    expect(track.listeners.size).toBe(0);
  });

  it('leaves no listener on a track that cannot be opened', () => {
    const track = new FakeTrack('t');
    const open = (): never => {
      throw new Error('refused');
    };
    const never = (): never => {
      throw new Error('not called');
    };
    expect(() => fromTrack(track).feed({ open, end: never, fail: never })).toThrow('refused');
    expect(track.listeners.size).toBe(0);
  });
});

describe('participantInput', () => {
  it('takes the track that is there, and the next one after it', () => {
    const ann = new FakeParticipant();
    ann.track = new FakeTrack('first');
    const { story } = follow(participantInput(ann, CAMERA));
    ann.change(ann.track);
    ann.change(undefined);
    ann.change(new FakeTrack('second'));
    ann.change(new FakeTrack('third'));
    ann.leave();
    expect(story).toEqual([
      'open first',
      'close first',
      'open second',
      'close second',
      'open third',
      'close third',
      'end',
    ]);
    expect(ann.listeners.size).toBe(0);
  });

  it('waits for the first track', () => {
    const ann = new FakeParticipant();
    const { story, stop } = follow(participantInput(ann, CAMERA));
    expect(story).toEqual([]);
    ann.change(new FakeTrack('first'));
    stop();
    stop();
    ann.change(new FakeTrack('second'));
    expect(story).toEqual(['open first', 'close first']);
    expect(ann.listeners.size).toBe(0);
  });

  it('fails when the participant leaves before there was a track', () => {
    const ann = new FakeParticipant();
    const { story } = follow(participantInput(ann, CAMERA));
    ann.leave();
    expect(story).toEqual(['fail participant-left']);
    expect(ann.listeners.size).toBe(0);
  });

  it('fails at once when the participant has left already', () => {
    const ann = new FakeParticipant();
    ann.patienceMs = 0;
    expect(follow(participantInput(ann, CAMERA)).story).toEqual(['fail participant-left']);
    expect(ann.listeners.size).toBe(0);
  });

  it('fails when a later track cannot be opened', () => {
    const ann = new FakeParticipant();
    const errors: unknown[] = [];
    participantInput(ann, CAMERA).feed({
      open: () => {
        throw new Error('refused');
      },
      end: () => errors.push('end'),
      fail: (error) => errors.push(error),
    });
    ann.change(new FakeTrack('first'));
    expect(errors).toEqual([new Error('refused')]);
    expect(ann.listeners.size).toBe(0);
  });

  describe('with a time limit', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('fails when no track appears in time', () => {
      const ann = new FakeParticipant();
      const { story } = follow(participantInput(ann, { ...CAMERA, timeoutMs: 1000 }));
      jest.advanceTimersByTime(999);
      expect(story).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(story).toEqual(['fail timeout']);
      expect(ann.listeners.size).toBe(0);
    });

    it('waits as long as a timer can when the limit is longer', () => {
      const ann = new FakeParticipant();
      const { story } = follow(participantInput(ann, { ...CAMERA, timeoutMs: 1e12 }));
      jest.advanceTimersByTime(2 ** 31 - 2);
      expect(story).toEqual([]);
    });

    it('has no timer once there was a track, or it was stopped', () => {
      const ann = new FakeParticipant();
      follow(participantInput(ann, { ...CAMERA, timeoutMs: 1000 }));
      const { stop } = follow(participantInput(ann, { ...CAMERA, timeoutMs: 1000 }));
      stop();
      ann.change(new FakeTrack('first'));
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  describe('when the participant is away', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('goes on with the track of who comes back in time', () => {
      const ann = new FakeParticipant();
      ann.track = new FakeTrack('first');
      const { story } = follow(participantInput(ann, { ...CAMERA, rejoinMs: 500 }));
      ann.leave(500);
      jest.advanceTimersByTime(499);
      ann.comeBack();
      expect(jest.getTimerCount()).toBe(0);
      ann.change(new FakeTrack('second'));
      expect(story).toEqual(['open first', 'close first', 'open second']);
      expect(ann.asked).toContain(500);
    });

    it('ends when nobody comes back in time', () => {
      const ann = new FakeParticipant();
      ann.track = new FakeTrack('first');
      const { story } = follow(participantInput(ann, CAMERA));
      ann.leave(500);
      jest.advanceTimersByTime(499);
      expect(story).toEqual(['open first', 'close first']);
      ann.patienceMs = 0;
      jest.advanceTimersByTime(1);
      expect(story).toEqual(['open first', 'close first', 'end']);
      expect(ann.listeners.size).toBe(0);
    });

    it('fails when nobody comes back, and there was no track yet', () => {
      const ann = new FakeParticipant();
      const { story } = follow(participantInput(ann, CAMERA));
      ann.leave(500);
      ann.patienceMs = 0;
      jest.advanceTimersByTime(500);
      expect(story).toEqual(['fail participant-left']);
    });

    it('waits without a timer while nobody can know', () => {
      const ann = new FakeParticipant();
      const { story, stop } = follow(participantInput(ann, CAMERA));
      ann.leave(Infinity);
      expect(jest.getTimerCount()).toBe(0);
      ann.leave(500);
      expect(jest.getTimerCount()).toBe(1);
      stop();
      expect(jest.getTimerCount()).toBe(0);
      expect(story).toEqual([]);
    });
  });

  it.each([
    [undefined, CAMERA, TypeError, /^participant must be a participant of a room, got undefined/],
    [{}, CAMERA, TypeError, /^participant must be /],
    [new FakeParticipant(), { ...CAMERA, source: 'webcam' }, RangeError, /^source must be one of /],
    [new FakeParticipant(), { ...CAMERA, source: 7 }, TypeError, /^source must be one of /],
    [new FakeParticipant(), { ...CAMERA, timeoutMs: 0 }, RangeError, /^options.timeoutMs must be /],
    [new FakeParticipant(), { ...CAMERA, timeoutMs: '5' }, TypeError, /^options.timeoutMs must /],
    [new FakeParticipant(), { ...CAMERA, timeoutMs: NaN }, RangeError, /^options.timeoutMs must /],
    [new FakeParticipant(), { ...CAMERA, rejoinMs: -1 }, RangeError, /^options.rejoinMs must be /],
    [new FakeParticipant(), { ...CAMERA, rejoinMs: NaN }, RangeError, /^options.rejoinMs must be /],
    [new FakeParticipant(), { ...CAMERA, rejoinMs: '5' }, TypeError, /^options.rejoinMs must be /],
  ])('refuses wrong arguments: %#', (participant, options, type, message) => {
    const wrong = (): unknown => participantInput(participant as never, options as never);
    expect(wrong).toThrow(type);
    expect(wrong).toThrow(message);
  });
});

describe('TrackFrameStream', () => {
  /** A stream of numbers, one of which can't be made a frame of. */
  class Numbers extends TrackFrameStream<number, string> {
    readonly discarded: number[] = [];
    stopped = 0;

    constructor(items: readonly number[], options: { readonly signal?: AbortSignal } = {}) {
      super({ capacity: 10, overflow: 'error', signal: options.signal });
      const feed = (): (() => void) => {
        for (const item of items) this.push(item);
        return () => (this.stopped += 1);
      };
      this.startFrom(new StreamInput(feed));
    }

    protected override open(): () => void {
      return () => undefined;
    }
    protected override deliver(item: number): string {
      if (item < 0) throw new Error('no such frame');
      return String(item);
    }
    protected override discard(item: number): void {
      this.discarded.push(item);
    }
    protected override tooLate(): boolean {
      return false;
    }
  }

  it('closes itself when a frame cannot be made, since a loop would not', async () => {
    const stream = new Numbers([1, -1, 3]);
    const got: string[] = [];
    const read = async (): Promise<void> => {
      for await (const one of stream) got.push(one);
    };
    await expect(read()).rejects.toThrow('no such frame');
    expect(got).toEqual(['1']);
    expect(stream.ended).toBe(true);
    expect(stream.stopped).toBe(1);
    expect(stream.discarded).toEqual([3]);
  });

  it('is an iterator of its own, with an end', async () => {
    const stream = new Numbers([1]);
    expect(stream[Symbol.asyncIterator]()).toBe(stream);
    expect(await stream.next()).toEqual({ done: false, value: '1' });
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(stream.stopped).toBe(1);
  });

  it('stops once, however it is closed', async () => {
    const controller = new AbortController();
    const stream = new Numbers([1], { signal: controller.signal });
    await stream[Symbol.asyncDispose]();
    await stream.close();
    controller.abort();
    expect(stream.stopped).toBe(1);
    expect((await stream.next()).done).toBe(true);
  });
});
