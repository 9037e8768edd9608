import { PictureGrid } from '../../src/record/picture-grid.js';

/** A grid of 10 pictures a second, and what it has shown, one letter a tick, and dropped. */
function gridOf(): {
  readonly grid: PictureGrid<string>;
  readonly shown: () => string;
  readonly dropped: string[];
} {
  let shown = '';
  const dropped: string[] = [];
  const grid = new PictureGrid<string>(10, {
    picture: (frame) => (shown += frame),
    repeat: (ticks) => (shown += '.'.repeat(ticks)),
    drop: (frame, reason) => dropped.push(`${frame} ${reason}`),
  });
  return { grid, shown: () => shown, dropped };
}

describe('a grid of pictures', () => {
  it('shows a picture whose tick was filled before it came, at the next one', () => {
    const { grid, shown, dropped } = gridOf();
    grid.add('a', 0);
    grid.fillTo(500_000);
    grid.add('b', 200_000);
    grid.fillTo(800_000);
    grid.finish(800_000);
    expect(shown()).toBe('a....b..');
    expect(dropped).toEqual([]);
  });

  it('shows the newest of several that came so late, and nothing that is older than what was shown', () => {
    const { grid, shown, dropped } = gridOf();
    grid.add('a', 0);
    grid.fillTo(500_000);
    grid.add('b', 200_000);
    grid.add('c', 300_000);
    grid.add('d', 100_000);
    grid.add('e', 600_000);
    grid.finish(0);
    expect(shown()).toBe('a....ce');
    expect(dropped).toEqual(['b rate', 'd late']);
  });
});
