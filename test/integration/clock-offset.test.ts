import {
  answerClockRequests,
  CLOCK_RPC_METHOD,
  measureClockOffset,
  type MeasureClockOffsetOptions,
  Room,
  RpcError,
  VideoStream,
} from 'framewire';
import { solidFrame } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { untilColor } from '../support/waits.js';

const live = liveRooms();

/** Microseconds since 1970. */
function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Two of whom the second knows that the first is there. */
async function aliceAndBob(): Promise<[alice: Room, bob: Room]> {
  const alice = await live.join('alice');
  return [alice, await live.join('bob')];
}

describe('the clock of another participant', () => {
  it('is measured to be ours where it is', async () => {
    const [alice, bob] = await aliceAndBob();
    answerClockRequests(alice);
    const { offsetUs, errorUs } = await measureClockOffset(bob, 'alice');
    expect(Number.isInteger(offsetUs)).toBe(true);
    expect(Number.isInteger(errorUs)).toBe(true);
    expect(errorUs).toBeGreaterThan(0);
    expect(Math.abs(offsetUs)).toBeLessThanOrEqual(errorUs);
  });

  it.each([3_600_000_000, -250_000])('may be %i us ahead', async (aheadUs) => {
    const [alice, bob] = await aliceAndBob();
    alice.registerRpcMethod(CLOCK_RPC_METHOD, () => String(nowUs() + aheadUs));
    const { offsetUs, errorUs } = await measureClockOffset(bob, 'alice', { rounds: 3 });
    // Two clocks of this process differ by a few milliseconds.
    expect(Math.abs(offsetUs - aheadUs)).toBeLessThanOrEqual(errorUs + 20_000);
  });

  it('makes the latency of its video right, when it is given to the stream', async () => {
    const [alice, bob] = await aliceAndBob();
    const aheadUs = 3_600_000_000;
    using frame = solidFrame([40, 180, 60], { width: 320, height: 180, format: 'RGBA' });
    alice.registerRpcMethod(CLOCK_RPC_METHOD, () => String(nowUs() + aheadUs));
    await live.paint(alice, (source) => {
      source.captureFrame(frame, { metadata: { captureTimeUs: nowUs() + aheadUs } });
    });
    const { track } = await bob.waitForTrack({ kind: 'video' });
    const { offsetUs } = await measureClockOffset(bob, 'alice');
    await using aware = new VideoStream(track, { clockOffsetUs: offsetUs });
    await using unaware = new VideoStream(track);
    await Promise.all([untilColor(aware, [40, 180, 60]), untilColor(unaware, [40, 180, 60])]);
    expect(aware.stats.clockOffset).toEqual({ us: offsetUs, from: 'given' });
    expect(aware.stats.latencyMs!.p50).toBeLessThan(60_000);
    expect(unaware.stats).toMatchObject({ clockOffset: undefined, latencyMs: undefined });
  });

  it('can be asked for no longer when its owner ends that', async () => {
    const [alice, bob] = await aliceAndBob();
    const end = answerClockRequests(alice);
    expect(() => answerClockRequests(alice)).toThrow(
      expect.objectContaining({ code: 'invalid-state' }) as Error,
    );
    await measureClockOffset(bob, 'alice', { rounds: 1 });
    end();
    await expect(measureClockOffset(bob, 'alice')).rejects.toMatchObject({
      reason: 'unsupported-method',
    });
  });

  it('is not known from an answer that is no time', async () => {
    const [alice, bob] = await aliceAndBob();
    let answer = '';
    alice.registerRpcMethod(CLOCK_RPC_METHOD, () => answer);
    for (answer of ['', 'soon', '-5', '1e9', '12345678901234567', '9999999999999999']) {
      await expect(measureClockOffset(bob, 'alice')).rejects.toMatchObject({
        code: 'incomplete',
        message: `The answer was no time: '${answer}'.`,
      });
    }
  });

  it('is not asked of somebody who is not there', async () => {
    const bob = await live.join('bob');
    const measuring = measureClockOffset(bob, 'nobody');
    await expect(measuring).rejects.toBeInstanceOf(RpcError);
    await expect(measuring).rejects.toMatchObject({
      reason: 'recipient-not-found',
      message: "Nobody named 'nobody' is in the room, as far as we know.",
    });
    await expect(measureClockOffset(bob, 'bob')).rejects.toMatchObject({
      reason: 'recipient-not-found',
    });
  });

  it('is not asked for with wrong arguments, nor in vain', async () => {
    const bob = await live.join('bob');
    const reason = new Error('Enough.');
    const measure = (...args: unknown[]): Promise<unknown> =>
      measureClockOffset(...(args as [Room, string, MeasureClockOffsetOptions]));
    await expect(measure({}, 'alice')).rejects.toThrow('room must be a Room, got {}.');
    await expect(measure(bob, 7)).rejects.toThrow('identity must be a string, got 7.');
    await expect(measure(bob, '')).rejects.toThrow("identity must not be empty, got ''.");
    await expect(measure(bob, 'alice', null)).rejects.toThrow(TypeError);
    await expect(measure(bob, 'alice', { rounds: 0 })).rejects.toThrow(RangeError);
    await expect(measure(bob, 'alice', { rounds: 101 })).rejects.toThrow(RangeError);
    await expect(measure(bob, 'alice', { signal: 5 })).rejects.toThrow(TypeError);
    await expect(measure(bob, 'alice', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(measure(new Room(), 'alice')).rejects.toMatchObject({ code: 'disconnected' });
    expect(() => answerClockRequests(undefined as never)).toThrow(TypeError);
  });
});
