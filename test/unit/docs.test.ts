import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const docs = join(__dirname, '..', '..', 'docs');
const pages = readdirSync(docs).filter((file) => file.endsWith('.md'));

describe('the table of everything a room has', () => {
  const text = readFileSync(join(docs, 'room.md'), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (?!what )/.test(line));
  // What comes after the choice of what to use for what.
  const tested = rows.slice(rows.findIndex((row) => row.includes('../test/')));

  it('has rows', () => {
    expect(tested.length).toBeGreaterThan(60);
  });

  it.each(tested)('names a test that there is: %s', (row) => {
    const [, file = '', title = ''] = /\[[\w-]+\]\(\.\.\/(test\/\S+)\): (.+) \|$/.exec(row) ?? [];
    const source = readFileSync(join(docs, '..', file), 'utf8');
    const quoted = ["'", '"', '`'].map((quote) => `${quote}${title}${quote},`);
    expect(quoted.some((one) => source.includes(one)) || title).toBe(true);
  });
});

describe.each(pages)('the links of %s', (page) => {
  it('lead somewhere', () => {
    const text = readFileSync(join(docs, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const path = join(dirname(join(docs, page)), target);
      expect({ target, exists: existsSync(path) }).toEqual({ target, exists: true });
    }
  });
});
