// An X server without a monitor, for the tests that capture a screen.

import { aptInstall, onPath } from './programs.mjs';

/** The path of Xvfb, or undefined. */
export function findXvfb() {
  return onPath('Xvfb');
}

/** Installs it if it isn't there. @returns Why there is none, or undefined if there is. */
export function prepareXvfb() {
  if (findXvfb()) return undefined;
  if (process.platform !== 'linux') return 'these tests are for Linux';
  const fault = aptInstall('xvfb');
  if (!fault && findXvfb()) return undefined;
  return `there is no Xvfb: ${fault ?? 'the package brought none'}`;
}
