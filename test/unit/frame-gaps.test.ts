import { FrameGaps } from '../../src/video/frame-gaps.js';

function missingOf(ids: readonly (number | 'interrupt')[]): number | undefined {
  const gaps = new FrameGaps();
  for (const id of ids) {
    if (id === 'interrupt') gaps.interrupt();
    else gaps.add(id);
  }
  return gaps.missing;
}

describe('FrameGaps', () => {
  it.each<[string, (number | 'interrupt')[], number | undefined]>([
    ['is not known without ids', [], undefined],
    ['is 0 for ids that follow on each other, from wherever', [7, 8, 9, 10], 0],
    ['is 0 for the only frame', [4_000_000_000], 0],
    ['counts what is left out', [0, 2, 3, 10], 7],
    ['does not count one that comes twice', [0, 1, 1, 2], 0],
    ['forgives those that were only late', [0, 1, 4, 3, 2, 5], 0],
    ['still counts those that never came in between', [0, 1, 5, 3, 6], 2],
    ['goes on where the ids wrap around', [2 ** 32 - 2, 2 ** 32 - 1, 0, 1], 0],
    ['counts over the place where they wrap around', [2 ** 32 - 2, 1, 2], 2],
    ['forgives a late one over the place where they wrap around', [2 ** 32 - 2, 0, 2 ** 32 - 1], 0],
    ['begins anew with a publisher that counts anew', [5000, 5001, 0, 1, 2], 0],
    ['keeps what was missing before that', [5000, 5003, 0, 1, 3], 3],
    ['leaves out what was not sent on purpose', [10, 11, 'interrupt', 400, 402], 1],
    ['is not known by an interruption alone', ['interrupt'], undefined],
  ])('%s', (_, ids, missing) => {
    expect(missingOf(ids)).toBe(missing);
  });

  it('bears ids that jump at random', () => {
    const gaps = new FrameGaps();
    for (let i = 0; i < 10_000; i++) gaps.add((i * 2_654_435_761) % 2 ** 32);
    expect(gaps.missing).toBeGreaterThanOrEqual(0);
    expect(Number.isSafeInteger(gaps.missing)).toBe(true);
  });
});
