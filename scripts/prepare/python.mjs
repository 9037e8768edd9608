// A Python with LiveKit's SDK, for the tests that have one in the room.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall, onPath, run, runnable } from './programs.mjs';

/** Pinned: the tests measure that SDK, and not its latest. */
const PACKAGES = ['livekit==1.2.0'];

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(
  root,
  'node_modules/.cache/framewire',
  `python-${PACKAGES.join('-').replaceAll('==', '-')}`,
);
const python =
  process.platform === 'win32' ? join(folder, 'Scripts/python.exe') : join(folder, 'bin/python');
/** Written when all is installed: a half-made environment looks like a whole one. */
const ready = join(folder, 'framewire-ready');

/** The path of a Python that can `import livekit`, or undefined. */
export function findPython() {
  return existsSync(ready) && runnable(python) ? python : undefined;
}

/** Makes an environment if there is none. @returns Why there is none, or undefined if there is. */
export function preparePython() {
  if (findPython()) return undefined;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  console.log(`Making a Python environment with ${PACKAGES.join(' ')} (once)`);
  if (!makeEnvironment()) {
    // Debian's Python comes without what makes environments.
    const fault = aptInstall('python3', 'python3-venv');
    if (fault) return `there is no Python that can make environments: ${fault}`;
    if (!makeEnvironment()) return 'python3 -m venv failed';
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  if (!run(python, ...pip, ...PACKAGES)) return `pip install ${PACKAGES.join(' ')} failed`;
  if (!run(python, '-c', 'import livekit.rtc')) return 'import livekit.rtc failed';
  writeFileSync(ready, '');
  return undefined;
}

function makeEnvironment() {
  const python3 = onPath('python3', 'python');
  return python3 !== undefined && run(python3, '-m', 'venv', '--clear', folder);
}
