const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');

// jest gives the tests a copy of the environment, so that the SDK can't silence the native log itself.
process.env.RUST_LOG ??= 'off';

// Child programs run compiled code, so the build must be as new as the sources.
module.exports = () => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build-if-stale.mjs')], {
    stdio: 'inherit',
  });
};
