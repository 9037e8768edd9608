// Child programs and worker threads run compiled code, so the build must be as new as the sources.
const { execFileSync } = require('node:child_process');
const { dirname, join } = require('node:path');

const root = join(__dirname, '..', '..');

module.exports = () => {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
};
