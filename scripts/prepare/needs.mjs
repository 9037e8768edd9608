// What the tests that are to be run need besides Node, and how it's got.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findChromium, prepareChromium } from './chromium.mjs';
import { findPython, preparePython } from './python.mjs';

/**
 * A test file needs what the module of `test/support` needs which it imports, whether by itself or
 * through another one. The tests find the path in the environment.
 */
const TOOLS = [
  {
    module: 'test/support/chromium.ts',
    variable: 'FRAMEWIRE_TEST_CHROMIUM',
    find: findChromium,
    prepare: prepareChromium,
  },
  {
    module: 'test/support/python-peer.ts',
    variable: 'FRAMEWIRE_TEST_PYTHON',
    find: findPython,
    prepare: preparePython,
  },
];

/** Tells the tests where the tools are. One that isn't there is not named. */
export function nameTools() {
  for (const { variable, find } of TOOLS) {
    const path = find();
    if (path) process.env[variable] = path;
  }
}

/**
 * Gets what these test files need.
 *
 * @param files - Their absolute paths.
 * @returns Whether the tests can be run: in CI all of them have to, elsewhere those that miss a tool are skipped.
 */
export function prepareFor(root, files) {
  const modules = new Set(files.flatMap((file) => [...importsOf(file)]));
  const paths = new Set([...modules].map((file) => relative(root, file).replaceAll('\\', '/')));
  let complete = true;
  for (const { module, prepare } of TOOLS) {
    if (!paths.has(module)) continue;
    const fault = prepare();
    if (!fault) continue;
    complete = false;
    console.error(
      process.env.CI
        ? `The tests with ${module} can't be run, and in CI they have to: ${fault}.`
        : `The tests with ${module} are skipped: ${fault}.`,
    );
  }
  return complete || !process.env.CI;
}

/** A file and all that it imports by relative paths. */
function importsOf(file, found = new Set()) {
  if (found.has(file) || !existsSync(file)) return found;
  found.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, path] of source.matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)) {
    importsOf(join(dirname(file), `${path}.ts`), found);
  }
  return found;
}
