// Builds dist/ unless it's as new as the sources. Says nothing on stdout: that's for the program which
// is run next.

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function newest(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Math.max(
    ...files.map((file) => statSync(join(file.parentPath ?? file.path, file.name)).mtimeMs),
  );
}

const buildInfo = join(root, 'dist', '.tsbuildinfo');

function built() {
  return statSync(buildInfo, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

const configs = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
const changed = Math.max(
  newest(join(root, 'src')),
  newest(join(root, 'page')),
  statSync(join(root, 'scripts', 'build-page.mjs')).mtimeMs,
  ...configs.map((name) => statSync(join(root, name)).mtimeMs),
);
if (built() < changed) {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  // The page first: what the compiler leaves behind says that all is built.
  run(join('scripts', 'build-page.mjs'));
  run(join(typescript, 'bin', 'tsc'), '-p', 'tsconfig.build.json');
  // The compiler leaves it alone if the sources are newer and mean the same.
  const now = new Date();
  utimesSync(buildInfo, now, now);
}
