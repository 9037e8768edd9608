// A Chromium for the tests that have a browser in the room.

import { aptInstall, onPath, runnable } from './programs.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const ELSEWHERE = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium, or undefined. Whoever names one with `CHROMIUM_PATH` means that one. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return runnable(named) ? named : undefined;
  return onPath(...NAMES) ?? ELSEWHERE.find(runnable);
}

/** Installs a Chromium if there is none. @returns Why there is none, or undefined if there is. */
export function prepareChromium() {
  if (findChromium()) return undefined;
  const named = process.env.CHROMIUM_PATH;
  if (named) return `CHROMIUM_PATH is ${named}, which can't be run`;
  const fault = aptInstall('chromium');
  if (!fault && findChromium()) return undefined;
  return `there is no Chromium: ${fault ?? 'the package brought none'}; set CHROMIUM_PATH to one`;
}
