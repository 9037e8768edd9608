// Builds the demo's page: page/ and what it imports become a few files in dist/cli/page, with the
// licences of everything that is in them.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const from = join(root, 'page');
const to = join(root, 'dist', 'cli', 'page');
const client = join(root, 'node_modules', 'livekit-client');

/** A block, or lines that follow each other. */
const COMMENTS = /\/\*[^]*?\*\/|(^\/\/.*\n)+/gm;

/** The packages that a published bundle was made of: it has its dependencies in it already. */
function packagesOf(folder, found = new Map()) {
  const { name, version, license, dependencies = {} } = readJson(join(folder, 'package.json'));
  if (found.has(name)) return found;
  found.set(name, { name, version, license, text: licenseText(folder) });
  for (const dependency of Object.keys(dependencies)) {
    const installed = installedFrom(folder, dependency);
    if (!installed) throw new Error(`${dependency}, which ${name} needs, is not installed.`);
    packagesOf(installed, found);
  }
  return found;
}

/** Where Node would find a package; its own resolving takes some of them for its built-in modules. */
function installedFrom(folder, name) {
  const here = join(folder, 'node_modules', name);
  if (existsSync(join(here, 'package.json'))) return here;
  const parent = dirname(folder);
  return parent === folder ? undefined : installedFrom(parent, name);
}

/** What a package says of its licence: in files of their own, or else at the top of its sources. */
function licenseText(folder) {
  const read = (file) => readFileSync(join(folder, file), 'utf8').trim();
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0) return files.sort().map(read).join('\n\n');
  const sources = readdirSync(folder, { recursive: true }).filter((file) => /\.m?js$/.test(file));
  const notices = sources.flatMap((file) => read(file).match(COMMENTS) ?? []);
  const text = [...new Set(notices.filter((comment) => /copyright/i.test(comment)))].join('\n\n');
  if (text === '') throw new Error(`${folder} says nothing of its licence.`);
  return text;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const own = readJson(join(root, 'package.json'));
const packages = [...packagesOf(client).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
const short = packages.map(({ name, version, license }) => `${name} ${version} (${license})`);
const notice = `/*! The page of ${own.name} ${own.version} (${own.license}). It contains ${short.join(', ')}. Their licences are in licenses.txt. */`;

mkdirSync(to, { recursive: true });
await build({
  entryPoints: {
    page: join(from, 'page.ts'),
    'metadata-worker': join(client, 'dist', 'livekit-client.fm.worker.mjs'),
  },
  outdir: to,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  legalComments: 'eof',
  banner: { js: notice },
  tsconfig: join(from, 'tsconfig.json'),
  logLevel: 'warning',
});
for (const file of ['index.html', 'page.css', 'icon.svg'])
  copyFileSync(join(from, file), join(to, file));
const licenses = packages.map(({ name, version, license, text }) => {
  return `${'='.repeat(80)}\n${name} ${version}: ${license}\n${'='.repeat(80)}\n\n${text.trim()}\n`;
});
writeFileSync(join(to, 'licenses.txt'), licenses.join('\n'));
