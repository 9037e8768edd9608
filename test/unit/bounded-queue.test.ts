import { BoundedQueue, type Overflow } from '../../src/core/bounded-queue.js';

/** A queue of numbers, and what it discarded. */
function queueOf(
  capacity: number,
  overflow: Overflow,
  admit?: (item: number) => boolean,
): { readonly queue: BoundedQueue<number>; readonly discarded: string[] } {
  const discarded: string[] = [];
  const queue = new BoundedQueue<number>({
    capacity,
    overflow,
    discard: (item, reason) => discarded.push(`${item} ${reason}`),
    overflowError: () => new Error('too slow'),
    ...(admit && { admit }),
  });
  return { queue, discarded };
}

/** Reads to the end. */
async function drain(queue: BoundedQueue<number>): Promise<number[]> {
  const items: number[] = [];
  for (;;) {
    const result = await queue.next();
    if (result.done) return items;
    items.push(result.value);
  }
}

describe('BoundedQueue', () => {
  it('gives what was pushed in order, and then the end', async () => {
    const { queue, discarded } = queueOf(3, 'drop-oldest');
    for (const item of [1, 2, 3]) queue.push(item);
    expect(queue.size).toBe(3);
    queue.end();
    expect(await drain(queue)).toEqual([1, 2, 3]);
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(discarded).toEqual([]);
  });

  it('drops the oldest when it is full', async () => {
    const { queue, discarded } = queueOf(2, 'drop-oldest');
    for (const item of [1, 2, 3, 4]) queue.push(item);
    queue.end();
    expect(await drain(queue)).toEqual([3, 4]);
    expect(discarded).toEqual(['1 full', '2 full']);
  });

  it('drops the newest when it is full and shall keep the oldest', async () => {
    const { queue, discarded } = queueOf(2, 'drop-newest');
    for (const item of [1, 2, 3, 4]) queue.push(item);
    queue.end();
    expect(await drain(queue)).toEqual([1, 2]);
    expect(discarded).toEqual(['3 full', '4 full']);
  });

  it('fails when it is full and that is an error, after what it holds was read', async () => {
    const { queue, discarded } = queueOf(2, 'error');
    for (const item of [1, 2, 3, 4]) queue.push(item);
    expect(queue.ended).toBe(true);
    expect((await queue.next()).value).toBe(1);
    expect((await queue.next()).value).toBe(2);
    await expect(queue.next()).rejects.toThrow('too slow');
    expect((await queue.next()).done).toBe(true);
    expect(discarded).toEqual(['3 full', '4 closed']);
  });

  it('keeps everything when the capacity is infinite', async () => {
    const { queue, discarded } = queueOf(Infinity, 'error');
    for (let item = 0; item < 5000; item++) queue.push(item);
    queue.end();
    expect(await drain(queue)).toHaveLength(5000);
    expect(discarded).toEqual([]);
  });

  it('gives the end to every reader that waits', async () => {
    const { queue } = queueOf(1, 'drop-oldest');
    const reads = [queue.next(), queue.next(), queue.next()];
    queue.push(1);
    queue.end();
    queue.end();
    const results = await Promise.all(reads);
    expect(results.map(({ done }) => done)).toEqual([false, true, true]);
  });

  it('serves readers in the order in which they came', async () => {
    const { queue } = queueOf(3, 'drop-oldest');
    const reads = [queue.next(), queue.next(), queue.next()];
    for (const item of [1, 2, 3]) queue.push(item);
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('discards what its reader left behind when it is closed', async () => {
    const { queue, discarded } = queueOf(3, 'drop-oldest');
    for (const item of [1, 2, 3]) queue.push(item);
    expect((await queue.next()).value).toBe(1);
    queue.close();
    queue.close();
    queue.push(4);
    expect(discarded).toEqual(['2 closed', '3 closed', '4 closed']);
    expect((await queue.next()).done).toBe(true);
  });

  it('gives the reader that waits the end when it is closed', async () => {
    const { queue } = queueOf(1, 'drop-oldest');
    const read = queue.next();
    queue.close();
    expect((await read).done).toBe(true);
  });

  it('tells a failure once, after what is queued, and to one reader', async () => {
    const { queue } = queueOf(2, 'drop-oldest');
    queue.push(1);
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    const [item, failure, end] = await Promise.allSettled([
      queue.next(),
      queue.next(),
      queue.next(),
    ]);
    expect(item).toMatchObject({ status: 'fulfilled', value: { value: 1 } });
    expect(failure).toMatchObject({ status: 'rejected', reason: new Error('first') });
    expect(end).toMatchObject({ status: 'fulfilled', value: { done: true } });
  });

  it('forgets a failure that nobody read when it is closed', async () => {
    const { queue } = queueOf(2, 'drop-oldest');
    queue.fail(new Error('nobody reads this'));
    queue.close();
    expect((await queue.next()).done).toBe(true);
  });

  it('rejects at once when it is aborted, without what is queued', async () => {
    const { queue, discarded } = queueOf(2, 'drop-oldest');
    queue.push(1);
    queue.abort('the reason');
    await expect(queue.next()).rejects.toBe('the reason');
    expect((await queue.next()).done).toBe(true);
    expect(discarded).toEqual(['1 closed']);
  });

  it('rejects the reader that waits when it is aborted', async () => {
    const { queue } = queueOf(2, 'drop-oldest');
    const read = queue.next();
    queue.abort('the reason');
    await expect(read).rejects.toBe('the reason');
  });

  it('does not fail a reader who had everything when it was aborted', async () => {
    const { queue } = queueOf(2, 'drop-oldest');
    queue.end();
    queue.abort('too late');
    expect((await queue.next()).done).toBe(true);
  });

  it('keeps from the reader what is not admitted, and asks when it is read', async () => {
    const asked: number[] = [];
    const { queue } = queueOf(4, 'drop-oldest', (item) => {
      asked.push(item);
      return item % 2 === 0;
    });
    for (const item of [1, 2, 3, 4]) queue.push(item);
    expect(asked).toEqual([]);
    expect((await queue.next()).value).toBe(2);
    expect(asked).toEqual([1, 2]);
    queue.end();
    expect(await drain(queue)).toEqual([4]);
  });

  it('waits on when nothing of what it has is admitted', async () => {
    const { queue } = queueOf(4, 'drop-oldest', (item) => item > 1);
    const read = queue.next();
    queue.push(1);
    await new Promise(setImmediate);
    queue.push(2);
    expect((await read).value).toBe(2);
  });

  it('wakes a reader in a later macrotask, so that what comes meanwhile is seen by the queue', async () => {
    const { queue, discarded } = queueOf(1, 'drop-oldest');
    const order: string[] = [];
    const read = queue.next().then(({ value }) => order.push(`read ${value}`));
    queue.push(1);
    await Promise.resolve();
    // The reader was not woken by the push: the newer item still replaces the older one.
    queue.push(2);
    process.nextTick(() => order.push('next tick'));
    queueMicrotask(() => order.push('microtask'));
    await read;
    expect(order).toEqual(['microtask', 'next tick', 'read 2']);
    expect(discarded).toEqual(['1 full']);
  });
});
