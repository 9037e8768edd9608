import { answerTo } from '../../src/cli/demo/chat-answer.js';
import type { HopFigures } from '../../src/cli/demo/protocol.js';
import { RobotVoice } from '../../src/cli/demo/robot-voice.js';

const SEEN: HopFigures = {
  seconds: 1,
  fps: 29.97,
  latencyMs: { p50: 21.4, p95: 33.3 },
  received: 30,
  delivered: 30,
  dropped: { full: 0, rate: 0, late: 0, closed: 0 },
  missing: 0,
  bitrateBps: 2_000_000,
  size: '1280x720',
};

describe("the demo's agent, asked in the chat", () => {
  const people = ['painter', 'viewer', 'Guest 1'];
  const knowledge = { painter: SEEN, guest: undefined, people };

  it.each([
    ['fps', /30\.0 pictures a second/],
    ['What is your FPS?', /30\.0 pictures a second/],
    ['latency', /21 ms old .* 95 % of them at most 33 ms/],
    ['who', /^Here are painter, viewer and Guest 1\.$/],
    ['help!', /'fps'.*'latency'.*'who'/],
    ['good evening', /^You said: good evening .*'help'/],
  ])('answers %j', (line, answer) => {
    expect(answerTo(line, knowledge)).toMatch(answer);
  });

  it('tells of the camera of who asks', () => {
    const guest = {
      identity: 'guest-1',
      state: 'processed',
      camera: { ...SEEN, fps: 20 },
    } as const;
    expect(answerTo('fps', { ...knowledge, guest })).toContain('From your camera I get 20.0.');
    expect(answerTo('latency', { ...knowledge, guest })).toContain(
      'Those of your camera are 21 ms',
    );
    const waiting = { ...guest, state: 'waiting', camera: null } as const;
    expect(answerTo('fps', { ...knowledge, guest: waiting })).toContain('wait for its turn');
  });

  it('says that it has seen nothing yet', () => {
    const blind = { ...knowledge, painter: undefined };
    expect(answerTo('fps', blind)).toBe('No picture has come yet.');
    expect(answerTo('latency', blind)).toBe('No picture has come yet.');
  });

  it('repeats no more than a line of what it does not understand', () => {
    expect(answerTo('😀'.repeat(100_000), knowledge).length).toBeLessThan(600);
  });
});

describe("a robot's voice", () => {
  it('goes on evenly from one piece to the next, and never louder than the voice', () => {
    const whole = new Int16Array(960).fill(32_767);
    const pieces = whole.slice();
    new RobotVoice(48_000).process(whole);
    const robot = new RobotVoice(48_000);
    robot.process(pieces.subarray(0, 480));
    robot.process(pieces.subarray(480));
    expect(pieces.every((sample, i) => Math.abs(sample - whole[i]!) <= 1)).toBe(true);
    expect(Math.max(...whole)).toBeGreaterThan(30_000);
    expect(Math.min(...whole)).toBeLessThan(0);
  });
});
