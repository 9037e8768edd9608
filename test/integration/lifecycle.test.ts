import { configureLog, type LogLevel, type LogSink } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { runProgram, startProgram } from '../support/program.js';

const live = liveRooms();

async function callArgs(end: string): Promise<string[]> {
  return [live.server.url, await live.token('alice'), await live.token('bob'), end];
}

describe('a program', () => {
  it('that leaves and closes everything ends by itself, with nothing on stdout', async () => {
    const end = await runProgram('call.cjs', await callArgs('leave'));
    expect(end).toEqual({ code: 0, signal: null, stdout: '', stderr: 'seen\nleft\n' });
  });

  it('that only leaves its rooms ends by itself, too', async () => {
    const { code, signal } = await runProgram('call.cjs', await callArgs('unread'));
    expect([code, signal]).toEqual([0, null]);
  });

  it('that never joins a room ends by itself', async () => {
    const { stderr, ...end } = await runProgram('no-room.cjs');
    expect(end).toEqual({ code: 0, signal: null, stdout: '' });
    // It leaves its frames to the collector, which may come before the end, and that is told.
    expect(stderr).toMatch(/^(framewire warn: a video frame was collected [^\n]*\n)*$/);
  });

  it('that only loads the package ends by itself', async () => {
    const end = await runProgram('load.cjs');
    expect(end).toEqual({ code: 0, signal: null, stdout: 'loaded\n', stderr: '' });
  });

  it('stays in its room until it leaves', async () => {
    const program = startProgram('stays.cjs', [live.server.url, await live.token('guest')]);
    await program.printed('joined');
    const present = await live.admin.listParticipants(live.roomName);
    expect(present.map(({ identity }) => identity)).toEqual(['guest']);
    program.tell('leave');
    expect(await program.end).toMatchObject({ code: 0, stdout: 'joined\nout: client_initiated\n' });
  });

  it('ends by itself when the server ends its stay', async () => {
    const program = startProgram('stays.cjs', [live.server.url, await live.token('guest')]);
    await program.printed('joined');
    await live.admin.removeParticipant(live.roomName, 'guest');
    expect(await program.end).toMatchObject({
      code: 0,
      stdout: 'joined\nout: participant_removed\n',
    });
  });

  it('that is stopped by a signal ends at once', async () => {
    const program = startProgram('stays.cjs', [live.server.url, await live.token('guest')]);
    await program.printed('joined');
    program.kill('SIGTERM');
    expect(await program.end).toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});

describe('the log', () => {
  it('goes to stderr at the level that FRAMEWIRE_LOG names, and has no token', async () => {
    const args = await callArgs('leave');
    const end = await runProgram('call.cjs', args, { env: { FRAMEWIRE_LOG: 'debug' } });
    expect(end).toMatchObject({ code: 0, stdout: '' });
    expect(end.stderr).toContain('framewire info: joined a room');
    expect(end.stderr).toContain('framewire info: left a room');
    for (const token of args.slice(1, 3)) expect(end.stderr).not.toContain(token);
  });

  it("is rtc-node's own, on stdout, where FRAMEWIRE_RTC_NODE_LOG asks for it", async () => {
    const env = { FRAMEWIRE_RTC_NODE_LOG: 'debug' };
    const { stdout } = await runProgram('call.cjs', await callArgs('leave'), { env });
    expect(stdout).toContain('Connect callback received');
  });

  it('goes where the program wants it', async () => {
    const lines: [LogLevel, string][] = [];
    const sink: LogSink = (level, message) => lines.push([level, message]);
    configureLog({ level: 'info', sink });
    const room = await live.join('alice');
    await room.disconnect();
    configureLog({ level: 'silent' });
    await (await live.join('alice')).disconnect();
    configureLog({ level: 'warn' });
    expect(lines).toEqual([
      ['info', 'joined a room'],
      ['info', 'left a room'],
    ]);
  });
});
