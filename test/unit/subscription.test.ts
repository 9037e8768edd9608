import { Subscription } from '../../src/tracks/subscription.js';

function subscription(): { readonly asked: boolean[]; readonly one: Subscription } {
  const asked: boolean[] = [];
  return { asked, one: new Subscription((subscribed) => asked.push(subscribed)) };
}

describe('Subscription', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks at once, and once, for a track that was not given up lately', () => {
    const { asked, one } = subscription();
    one.subscribe();
    expect(asked).toEqual([true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives the server time to stop sending before it asks again', () => {
    const { asked, one } = subscription();
    one.unsubscribe();
    one.subscribe();
    jest.advanceTimersByTime(99);
    expect(asked).toEqual([false]);
    jest.advanceTimersByTime(1);
    expect(asked).toEqual([false, true]);
  });

  it('asks anew if the track does not come, a few times', () => {
    const { asked, one } = subscription();
    one.unsubscribe();
    one.subscribe();
    jest.advanceTimersByTime(3_300);
    expect(asked).toEqual([false, true, false, true]);
    jest.advanceTimersByTime(60_000);
    expect(asked).toHaveLength(12);
    expect(asked.at(-1)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks no more once the track came, or was given up again', () => {
    const { asked, one } = subscription();
    one.unsubscribe();
    one.subscribe();
    jest.advanceTimersByTime(100);
    one.came();
    jest.advanceTimersByTime(60_000);
    expect(asked).toEqual([false, true]);
    one.unsubscribe();
    one.subscribe();
    one.unsubscribe();
    jest.advanceTimersByTime(60_000);
    expect(asked).toEqual([false, true, false, false]);
  });

  it('gives up once more what comes although it was given up', () => {
    const { asked, one } = subscription();
    one.came();
    expect(asked).toEqual([]);
    one.unsubscribe();
    one.came();
    expect(asked).toEqual([false, false]);
    one.subscribe();
    jest.advanceTimersByTime(100);
    one.came();
    expect(asked).toEqual([false, false, true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('reports nothing when asking anew is refused', () => {
    let refused = 0;
    const one = new Subscription((subscribed) => {
      if (!subscribed) return;
      refused += 1;
      throw new Error('gone');
    });
    one.unsubscribe();
    one.subscribe();
    jest.advanceTimersByTime(60_000);
    expect(refused).toBe(1);
  });
});
