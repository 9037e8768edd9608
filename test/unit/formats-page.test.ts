import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PIXEL_FORMATS, type PixelFormat } from 'framewire';
import { conversionRoute } from '../../src/video/convert-route.js';

const root = join(__dirname, '..', '..');
const page = join(root, 'docs', 'formats.md');
const figures = join(root, 'bench', 'conversions.json');

/** Where the table is in the page. */
const TABLE = /(<!-- table -->\n)[^]*?(\n<!-- end of the table -->)/;

interface Figures {
  readonly pairs: readonly {
    readonly from: string;
    readonly to: string;
    readonly framewireMs: number;
  }[];
}

/** How a pair is converted, in a word or two. */
function pathOf(from: PixelFormat, to: PixelFormat): string {
  const { steps, alphaApart } = conversionRoute(from, to, { width: 1920, height: 1080 });
  // What needs nothing done is no step.
  const [first, ...rest] = steps.filter(({ way }) => way !== 'none');
  const way = rest.length === 0 ? first!.way : `via ${rest.map((step) => step.from).join(', ')}`;
  return alphaApart ? `${way} + alpha` : way;
}

/** The table, with the figures of the last bench. */
function table(): string {
  const { pairs } = JSON.parse(readFileSync(figures, 'utf8')) as Figures;
  const cell = (from: PixelFormat, to: PixelFormat): string => {
    const ms = pairs.find((pair) => pair.from === from && pair.to === to)?.framewireMs;
    return `${pathOf(from, to)} ${ms === undefined ? '?' : ms.toFixed(1)}`;
  };
  const rows = [
    ['from \\ to', ...PIXEL_FORMATS],
    PIXEL_FORMATS.map(() => '---').concat('---'),
    ...PIXEL_FORMATS.map((from) => [`**${from}**`, ...PIXEL_FORMATS.map((to) => cell(from, to))]),
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

describe('the table of conversions', () => {
  it('says how each pair is converted, and what the last bench measured', () => {
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(TABLE);
    const wanted = text.replace(
      TABLE,
      (_, before: string, after: string) => `${before}\n${table()}\n${after}`,
    );
    // FRAMEWIRE_WRITE_DOCS=1 npm test -- test/unit/formats-page.test.ts
    if (process.env['FRAMEWIRE_WRITE_DOCS']) writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });

  it('has a figure for each of them', () => {
    expect(table()).not.toContain('?');
    expect(table().split('\n')).toHaveLength(PIXEL_FORMATS.length + 2);
  });
});
