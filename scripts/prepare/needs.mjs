// What the tests that are to be run need besides Node, and how it's got.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findChromium, prepareChromium } from './chromium.mjs';
import { findFfmpeg, findFfprobe, prepareFfmpeg } from './ffmpeg.mjs';
import { findPulseaudio, preparePulseaudio } from './pulseaudio.mjs';
import { findPython, preparePython } from './python.mjs';
import { findXvfb, prepareXvfb } from './xvfb.mjs';

/**
 * A test file needs what the module of `test/support` needs which it imports, whether by itself or
 * through another one. The tests find the path in the environment.
 */
const TOOLS = [
  {
    module: 'test/support/chromium.ts',
    paths: { FRAMEWIRE_TEST_CHROMIUM: findChromium },
    prepare: prepareChromium,
  },
  {
    module: 'test/support/python-peer.ts',
    paths: { FRAMEWIRE_TEST_PYTHON: findPython },
    prepare: preparePython,
  },
  {
    module: 'test/support/ffmpeg.ts',
    paths: { FRAMEWIRE_TEST_FFMPEG: findFfmpeg, FRAMEWIRE_TEST_FFPROBE: findFfprobe },
    prepare: prepareFfmpeg,
  },
  {
    module: 'test/support/sound-server.ts',
    paths: { FRAMEWIRE_TEST_PULSEAUDIO: findPulseaudio },
    prepare: preparePulseaudio,
  },
  {
    module: 'test/support/xvfb.ts',
    paths: { FRAMEWIRE_TEST_XVFB: findXvfb },
    prepare: prepareXvfb,
  },
];

/** Tells the tests where the tools are. One that isn't there is not named. */
export function nameTools() {
  for (const { paths } of TOOLS) {
    for (const [variable, find] of Object.entries(paths)) {
      const path = find();
      if (path) process.env[variable] = path;
    }
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
