// Finds programs, and installs what a system package brings.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether that file can be run. */
export function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of the first of these programs that is on PATH, or undefined. */
export function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const name of names) {
    for (const folder of folders) {
      for (const ending of endings) {
        const path = join(folder, name + ending);
        if (runnable(path)) return path;
      }
    }
  }
  return undefined;
}

/** Runs a command, of which only what it says on stderr is shown. @returns Whether it succeeded. */
export function run(command, ...args) {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/**
 * Installs system packages, as root or in CI: on somebody's own machine that isn't ours to do.
 *
 * @returns What kept it from doing so, or undefined.
 */
export function aptInstall(...packages) {
  const root = process.getuid?.() === 0;
  if (!root && !process.env.CI) return 'only root may install it';
  if (!onPath('apt-get')) return 'there is no apt-get to install it with';
  const sudo = root ? [] : ['sudo', '--non-interactive'];
  const apt = (...args) =>
    run(...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args);
  console.log(`Installing ${packages.join(' ')}`);
  const installed =
    apt('update') &&
    apt('install', '-y', '--no-install-recommends', '-o=Dpkg::Use-Pty=0', ...packages);
  return installed ? undefined : `apt-get install ${packages.join(' ')} failed`;
}
