import { type Browser, chromium } from 'playwright-core';
import { toolPath } from './tools.js';

/** A camera that shows a green test picture and a microphone that beeps, which nobody is asked for. */
const FAKE_DEVICES = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

/** Nothing but the pages under test: no sandbox, which root can't have, and nothing in the background. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts a headless Chromium with a fake camera and microphone. Its profile is a new and empty one,
 * which goes with it. Close it when the tests are done; it ends with this process at the latest.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: toolPath('chromium'),
    headless: true,
    args: [...QUIET, ...FAKE_DEVICES],
    // jest takes care of these, and closes what the tests opened.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
