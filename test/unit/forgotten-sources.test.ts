import { runProgram } from '../support/program.js';

describe('a source that is forgotten without being closed', () => {
  it('is freed when it is collected, also a failed one, but none that a stream still reads', async () => {
    const { code, stdout, stderr } = await runProgram('forgotten-sources.cjs', [], {
      nodeArgs: ['--expose-gc'],
    });
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: '50\n' });
  });
});
