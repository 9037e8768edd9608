// Everything about the code that needs no running: types, lint, format, doc comments, and whether the
// package's types resolve for every kind of importer.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const steps = [
  ['types', 'npx', 'tsc', '-p', 'tsconfig.json'],
  ['types of the page', 'npx', 'tsc', '-p', join('page', 'tsconfig.json')],
  ['lint', 'npx', 'eslint', '--max-warnings', '0', 'src', 'page', 'test', 'samples'],
  ['format', 'npx', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['build of the page', 'node', join('scripts', 'build-page.mjs')],
  ['build', 'npx', 'tsc', '-p', 'tsconfig.build.json'],
  ['doc comments', 'node', join('scripts', 'check-docs.mjs')],
  ['types of the package', 'npx', 'attw', '--pack', '.', '--quiet'],
];

let failed = 0;
for (const [name, command, ...args] of steps) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
