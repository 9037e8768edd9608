const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const root = join(__dirname, '..', '..');

// jest gives the tests a copy of the environment, so that the SDK can't silence the native log itself.
process.env.RUST_LOG ??= 'off';

// A browser, a Python, an ffmpeg and what else some tests need: scripts/test.mjs got them.
const nameTools = async () =>
  (await import(pathToFileURL(join(root, 'scripts', 'prepare', 'needs.mjs')))).nameTools();

// Child programs run compiled code, so the build must be as new as the sources.
module.exports = async () => {
  await nameTools();
  execFileSync(process.execPath, [join(root, 'scripts', 'build-if-stale.mjs')], {
    stdio: 'inherit',
  });
};
