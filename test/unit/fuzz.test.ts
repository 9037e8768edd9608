import { execFile } from 'node:child_process';
import { join } from 'node:path';
import * as framewire from 'framewire';
import * as testing from 'framewire/testing';

const RUN = join(__dirname, '..', 'fuzz', 'run.mjs');

/** Runs the fuzzer, as `npm run fuzz` does. */
function fuzz(...args: readonly string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, output: stdout + stderr });
    });
  });
}

describe('the fuzzer', () => {
  it('finds nothing in a short run over what needs no room', async () => {
    const { code, output } = await fuzz('--local', '--together', '--calls', '250', '--seed', '1');
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
  }, 120_000);

  it('knows every class and function that is exported', async () => {
    const { output } = await fuzz('--list');
    const { covered, exempt } = JSON.parse(output) as {
      covered: string[];
      exempt: Record<string, string>;
    };
    const exported = Object.entries({ ...framewire, ...testing })
      .filter(([, value]) => typeof value === 'function')
      .map(([name]) => name);
    // A new one gets its calls in test/fuzz/targets, or its reason in test/fuzz/targets.mjs.
    expect([...covered, ...Object.keys(exempt)].sort()).toEqual(exported.sort());
  });

  it('finds what is wrong, and says how to have it again', async () => {
    const { code, output } = await fuzz('--class', 'SelfTest', '--calls', '200', '--seed', '7');
    expect(code).toBe(1);
    expect(output).toMatch(/FAILED SelfTest, seed 7/);
    expect(output).toContain('Cannot read properties of undefined');
    expect(output).toContain('The last of its');
    expect(output).toContain('npm run fuzz -- --class SelfTest --seed 7 --calls 200');
  }, 60_000);

  it.each(['crash', 'hang', 'rejection', 'never'])(
    'notices a %s',
    async (fault) => {
      const args = ['--calls', '20', '--seed', '7', '--stall', '1', '--patience', '1'];
      const { code, output } = await fuzz('--class', `SelfTest.${fault}`, ...args);
      expect(code).toBe(1);
      expect(output).toMatch(/FAILED SelfTest/);
    },
    60_000,
  );
});
