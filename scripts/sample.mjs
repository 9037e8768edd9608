// Runs a sample: `npm run sample -- NAME [options]`. Without a name, says which samples there are.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'samples');
const require = createRequire(import.meta.url);

// Compiled samples say `import ... from 'framewire'` as a user's program does. Node resolves that to
// this package for files inside of it, but not for those below node_modules.
const cache = join(root, '.cache', 'samples');

function sampleNames() {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return files.map((file) => file.slice(0, -'.ts'.length)).sort();
}

/** The first line of a sample, which says what it shows. */
function summary(name) {
  const text = readFileSync(join(folder, `${name}.ts`), 'utf8');
  return /^\/\/ (.*)/.exec(text)?.[1] ?? '';
}

function list(names) {
  const width = Math.max(...names.map((name) => name.length));
  console.log('Samples, each run with: npm run sample -- NAME [options]\n');
  for (const name of names) console.log(`  ${name.padEnd(width)}  ${summary(name)}`);
  console.log('\nOptions of each: npm run sample -- NAME --help');
}

/** Compiles one file into the cache, for every Node that the package supports. */
function compile(file) {
  const { code } = require('@swc/core').transformFileSync(join(folder, file), {
    configFile: false,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  });
  const output = join(cache, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(output), { recursive: true });
  // Two samples may be started at once, and none may read what the other has half written.
  const unfinished = `${output}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, output);
  return output;
}

const [name, ...args] = process.argv.slice(2);
const names = sampleNames();
if (name === undefined || name === '--help' || name === '-h') {
  list(names);
} else if (!names.includes(name)) {
  console.error(`There is no sample '${name}'. There are: ${names.join(', ')}.`);
  process.exitCode = 2;
} else {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build-if-stale.mjs')], {
    stdio: ['ignore', 2, 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  for (const file of readdirSync(join(folder, 'support'))) {
    if (file.endsWith('.ts')) compile(join('support', file));
  }
  const program = compile(`${name}.ts`);
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, program, ...args];
  require(program);
}
