import { configureLog, type LogLevel } from 'framewire';
import { log, onRtcNodeLevel } from '../../src/core/log.js';

describe('configureLog', () => {
  const lines: string[] = [];
  const sink = (level: string, message: string, fields: object): void => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };

  beforeEach(() => {
    lines.length = 0;
    configureLog({ level: 'warn', sink, rtcNodeLevel: 'silent' });
  });

  it('writes what is at or above the level', () => {
    log('error', 'an error');
    log('warn', 'a warning', { count: 1 });
    log('info', 'not this');
    log('debug', 'nor this');
    expect(lines).toEqual(['error an error {}', 'warn a warning {"count":1}']);
  });

  it('writes nothing when silent and everything at debug', () => {
    configureLog({ level: 'silent' });
    log('error', 'not this');
    configureLog({ level: 'debug' });
    log('debug', 'this');
    expect(lines).toEqual(['debug this {}']);
  });

  it('leaves what is not given as it is', () => {
    configureLog({ level: 'info' });
    configureLog({});
    log('info', 'a line');
    expect(lines).toEqual(['info a line {}']);
  });

  it('goes on when the sink throws or rejects', async () => {
    configureLog({
      sink: () => {
        throw new Error('the disk is full');
      },
    });
    expect(() => log('error', 'a line')).not.toThrow();
    configureLog({ sink: () => Promise.reject(new Error('the network is down')) });
    expect(() => log('error', 'a line')).not.toThrow();
    await new Promise(setImmediate);
  });

  it("tells of the level wanted of rtc-node's log, now and when it changes", () => {
    const levels: LogLevel[] = [];
    onRtcNodeLevel((level) => levels.push(level));
    configureLog({ rtcNodeLevel: 'debug' });
    expect(levels).toEqual(['silent', 'debug']);
  });

  it.each([
    [undefined, 'options must be an object, got undefined.'],
    [[], 'options must be an object, got [].'],
    [{ level: 'loud' }, "options.level must be one of 'silent', "],
    [{ level: 3 }, "options.level must be one of 'silent', "],
    [{ rtcNodeLevel: 'loud' }, "options.rtcNodeLevel must be one of 'silent', "],
    [{ sink: 'stderr' }, "options.sink must be a function, got 'stderr'."],
  ])('refuses %p and changes nothing', (options, message) => {
    expect(() => configureLog(options as never)).toThrow(message);
    log('warn', 'a line');
    expect(lines).toEqual(['warn a line {}']);
  });
});

describe('the default sink', () => {
  it('writes one line on stderr, with what comes from the network escaped', () => {
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const fresh = require('../../src/core/log.js') as typeof import('../../src/core/log.js');
      const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      try {
        fresh.log('error', 'it failed', {
          error: new Error('no\nway'),
          name: '\u001b[31mred\u009b\u2028\u202etxt.exe',
          count: 3,
        });
        expect(write.mock.calls).toEqual([
          [
            'framewire error: it failed error="no\\nway" name="\\u001b[31mred\\u009b\\u2028\\u202etxt.exe" count="3"\n',
          ],
        ]);
      } finally {
        write.mockRestore();
      }
    });
  });
});
