import { execFile } from 'node:child_process';
import { join } from 'node:path';

const RUN = join(__dirname, '..', 'fuzz', 'run.mjs');

describe('the fuzzer, in a room', () => {
  it('finds nothing in a short run', async () => {
    const args = ['--rooms', '--together', '--calls', '150', '--seed', '1'];
    const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
      execFile(process.execPath, [RUN, ...args], (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, output: stdout + stderr });
      });
    });
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
  }, 120_000);
});
