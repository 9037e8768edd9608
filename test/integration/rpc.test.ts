import {
  type FramewireError,
  MAX_RPC_PAYLOAD_BYTES,
  type PerformRpcOptions,
  RPC_ERROR_CODES,
  RpcError,
  type RpcErrorReason,
  type RpcInvocation,
  type Room,
} from 'framewire';
import { talkers } from '../support/data.js';
import { introduce } from '../support/introduce.js';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

/** What a failed call is expected to reject with. */
function rpcError(reason: RpcErrorReason, rest: object = {}): unknown {
  return expect.objectContaining({ name: 'RpcError', reason, ...rest });
}

/** A promise, and how to settle it. */
function latch<T = void>(): { readonly reached: Promise<T>; readonly reach: (value: T) => void } {
  let reach: (value: T) => void = () => undefined;
  const reached = new Promise<T>((resolve) => (reach = resolve));
  return { reached, reach };
}

/** Calls until it's answered: after a full reconnect the server needs a moment to tell the others. */
async function untilAnswered(room: Room, call: PerformRpcOptions): Promise<string> {
  for (;;) {
    try {
      return await room.localParticipant.performRpc({ ...call, maxRoundTripLatencyMs: 500 });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
  }
}

const never = (): Promise<string> => new Promise(() => undefined);

describe('a call', () => {
  it("reaches the other one's handler and brings its answer back", async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    const told: RpcInvocation[] = [];
    bob!.registerRpcMethod('greet', (invocation) => {
      told.push(invocation);
      return `hello, ${invocation.payload}`;
    });
    const answer = await alice!.localParticipant.performRpc({
      destinationIdentity: 'bob',
      method: 'greet',
      payload: 'Ålice 🎈',
    });
    expect(answer).toBe('hello, Ålice 🎈');
    expect(told).toEqual([
      {
        requestId: expect.any(String) as string,
        callerIdentity: 'alice',
        caller: bob!.remoteParticipants.get('alice'),
        method: 'greet',
        payload: 'Ålice 🎈',
        responseTimeoutMs: expect.any(Number) as number,
        signal: expect.any(AbortSignal) as AbortSignal,
      },
    ]);
    expect(told[0]!.requestId).not.toBe('');
  });

  it('carries a megabyte there and back', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    bob!.registerRpcMethod('echo', ({ payload }) => payload);
    const payload = 'ä'.repeat(500_000);
    const call = { destinationIdentity: 'bob', method: 'echo', payload };
    expect(await alice!.localParticipant.performRpc(call)).toBe(payload);
  });

  it('fails with overflow rather than hold any number of calls that wait', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    bob!.registerRpcMethod('echo', ({ payload }) => payload);
    const call = { destinationIdentity: 'bob', method: 'echo', payload: 'x'.repeat(16_000_000) };
    const calls = Array.from({ length: 6 }, () => alice!.localParticipant.performRpc(call));
    const outcomes = Promise.allSettled(calls);
    await alice!.disconnect();
    const codes = (await outcomes).map(
      (one) => one.status === 'rejected' && (one.reason as FramewireError).code,
    );
    expect(codes).toEqual([...Array<string>(4).fill('disconnected'), 'overflow', 'overflow']);
  });

  it('fails typed if the payload or the answer is too large', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    const tooLarge = 'x'.repeat(MAX_RPC_PAYLOAD_BYTES + 1);
    bob!.registerRpcMethod('grow', () => tooLarge);
    const call = { destinationIdentity: 'bob', method: 'grow' };
    const { localParticipant } = alice!;
    await expect(localParticipant.performRpc({ ...call, payload: tooLarge })).rejects.toEqual(
      rpcError('request-payload-too-large', { code: 1402 }),
    );
    await expect(localParticipant.performRpc(call)).rejects.toEqual(
      rpcError('response-payload-too-large', { code: 1504 }),
    );
  });

  it('fails typed if the method, or the other one, is not there', async () => {
    const [alice] = await talkers(live, 'alice', 'bob');
    const { localParticipant } = alice!;
    const call = { method: 'nothing', maxRoundTripLatencyMs: 500 };
    await expect(
      localParticipant.performRpc({ ...call, destinationIdentity: 'bob' }),
    ).rejects.toEqual(rpcError('unsupported-method', { code: 1400 }));
    await expect(
      localParticipant.performRpc({ ...call, destinationIdentity: 'nobody' }),
    ).rejects.toEqual(rpcError('recipient-not-found', { code: 1401 }));
    await expect(
      localParticipant.performRpc({ ...call, destinationIdentity: 'alice' }),
    ).rejects.toEqual(rpcError('recipient-not-found', { code: 1401 }));
  });

  it('fails typed if the answer takes too long', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    bob!.registerRpcMethod('sleep', never);
    await expect(
      alice!.localParticipant.performRpc({
        destinationIdentity: 'bob',
        method: 'sleep',
        responseTimeoutMs: 300,
      }),
    ).rejects.toEqual(rpcError('response-timeout', { code: 1502 }));
  });

  it("rejects with the signal's reason once it aborts", async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    const called = latch();
    bob!.registerRpcMethod('sleep', () => {
      called.reach();
      return never();
    });
    const controller = new AbortController();
    const { localParticipant } = alice!;
    const call = { destinationIdentity: 'bob', method: 'sleep', signal: controller.signal };
    const answer = localParticipant.performRpc(call);
    await called.reached;
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(localParticipant.performRpc(call)).rejects.toBe(reason);
  });

  it('ends at once if either side leaves', async () => {
    const [alice, bob, carol] = await talkers(live, 'alice', 'bob', 'carol');
    await introduce(alice!, carol!);
    const [calledBob, calledCarol] = [latch(), latch()];
    const signals: AbortSignal[] = [];
    const errors: unknown[] = [];
    carol!.on('error', (error) => errors.push(error));
    const [toldBob, toldCarol] = [latch(), latch()];
    for (const [room, called, told] of [
      [bob!, calledBob, toldBob],
      [carol!, calledCarol, toldCarol],
    ] as const) {
      room.registerRpcMethod('sleep', ({ signal }) => {
        signals.push(signal);
        called.reach();
        return new Promise<string>((_, reject) => {
          signal.addEventListener('abort', () => {
            told.reach();
            reject(signal.reason as Error);
          });
        });
      });
    }
    const { localParticipant } = alice!;
    // Ten minutes: only leaving can end these.
    const call = { method: 'sleep', responseTimeoutMs: 600_000 };
    const toBob = localParticipant.performRpc({ ...call, destinationIdentity: 'bob' });
    const toCarol = localParticipant.performRpc({ ...call, destinationIdentity: 'carol' });
    await Promise.all([calledBob.reached, calledCarol.reached]);
    await bob!.disconnect();
    await expect(toBob).rejects.toEqual(rpcError('recipient-disconnected', { code: 1503 }));
    await toldBob.reached;
    const failure = toCarol.catch((error: unknown) => error);
    await alice!.disconnect();
    expect(await failure).toMatchObject({ name: 'FramewireError', code: 'disconnected' });
    await toldCarol.reached;
    const reasons = signals.map(({ reason }) => (reason as FramewireError).code);
    expect(reasons.sort()).toEqual(['aborted', 'disconnected']);
    expect(errors).toEqual([]);
    await expect(
      localParticipant.performRpc({ ...call, destinationIdentity: 'carol' }),
    ).rejects.toMatchObject({ code: 'disconnected' });
  });

  it('is refused at once if one of the two may not send data', async () => {
    const mute = await live.join('mute', { grants: { canPublishData: false } });
    const alice = await live.join('alice');
    await expect(
      mute.localParticipant.performRpc({ destinationIdentity: 'alice', method: 'greet' }),
    ).rejects.toMatchObject({ name: 'FramewireError', code: 'forbidden' });
    await expect(
      alice.localParticipant.performRpc({ destinationIdentity: 'mute', method: 'greet' }),
    ).rejects.toMatchObject({ name: 'FramewireError', code: 'forbidden' });
  });

  it('with arguments that make no sense is refused before anything happens', async () => {
    const { localParticipant } = await live.join('alice');
    const call = { destinationIdentity: 'bob', method: 'greet' };
    for (const [options, error] of [
      [undefined, TypeError],
      [{ ...call, destinationIdentity: 7 }, TypeError],
      [{ ...call, destinationIdentity: '' }, RangeError],
      [{ ...call, method: '' }, RangeError],
      [{ ...call, payload: new Uint8Array(1) }, TypeError],
      [{ ...call, responseTimeoutMs: 0 }, RangeError],
      [{ ...call, responseTimeoutMs: 2 ** 31 }, RangeError],
      [{ ...call, maxRoundTripLatencyMs: NaN }, RangeError],
      [{ ...call, signal: 'now' }, TypeError],
    ] as const) {
      await expect(localParticipant.performRpc(options as never)).rejects.toThrow(error);
    }
  });
});

describe("a handler's failure", () => {
  it('reaches the caller as it is if it is an RpcError', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    const errors: unknown[] = [];
    bob!.on('error', (error) => errors.push(error));
    bob!.registerRpcMethod('fail', () => {
      throw new RpcError(42, 'not today', '{"retry":true}');
    });
    const call = { destinationIdentity: 'bob', method: 'fail' };
    const failure: unknown = await alice!.localParticipant
      .performRpc(call)
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(RpcError);
    expect(failure).toMatchObject({ code: 42, reason: 'application', message: 'not today' });
    expect(failure).toHaveProperty('data', '{"retry":true}');
    expect(errors).toEqual([]);
  });

  it('is cut to what may be sent, between two characters', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    bob!.registerRpcMethod('fail', () => {
      throw new RpcError(42, 'ä'.repeat(1_000), `x${'🎈'.repeat(10_000)}`);
    });
    await expect(
      alice!.localParticipant.performRpc({ destinationIdentity: 'bob', method: 'fail' }),
    ).rejects.toMatchObject({ message: 'ä'.repeat(128), data: `x${'🎈'.repeat(3_839)}` });
  });

  it('stays here if it is another error, or no string was returned', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    const errors: unknown[] = [];
    bob!.on('error', (error) => errors.push(error));
    const secret = new Error('the password is 1234');
    bob!.registerRpcMethod('throw', () => {
      throw secret;
    });
    bob!.registerRpcMethod('reject', () => Promise.reject(secret));
    bob!.registerRpcMethod('number', () => 7 as unknown as string);
    for (const method of ['throw', 'reject', 'number']) {
      await expect(
        alice!.localParticipant.performRpc({ destinationIdentity: 'bob', method }),
      ).rejects.toEqual(
        rpcError('application-error', {
          code: RPC_ERROR_CODES['application-error'],
          message: 'Application error in method handler',
          data: undefined,
        }),
      );
    }
    expect(errors).toEqual([secret, secret, expect.any(TypeError)]);
  });
});

describe('a registered method', () => {
  it('survives leaving and joining again, until it is unregistered', async () => {
    const bob = live.room();
    const unregister = bob.registerRpcMethod('greet', ({ payload }) => `hello, ${payload}`);
    await bob.connect(live.server.url, await live.token('bob'));
    const alice = await live.join('alice');
    const call = { destinationIdentity: 'bob', method: 'greet', payload: 'alice' };
    await introduce(alice, bob);
    expect(await alice.localParticipant.performRpc(call)).toBe('hello, alice');

    await bob.disconnect();
    await bob.connect(live.server.url, await live.token('bob'));
    await bob.waitForParticipant('alice');
    await introduce(bob, alice);
    expect(await alice.localParticipant.performRpc(call)).toBe('hello, alice');

    unregister();
    await expect(alice.localParticipant.performRpc(call)).rejects.toEqual(
      rpcError('unsupported-method'),
    );
    bob.localParticipant.registerRpcMethod('greet', () => 'good evening');
    // Of a handler that is gone.
    unregister();
    expect(await alice.localParticipant.performRpc(call)).toBe('good evening');
    bob.localParticipant.unregisterRpcMethod('greet');
    bob.unregisterRpcMethod('greet');
  });

  it('survives a full reconnect of its room, and calls made meanwhile end', async () => {
    const [alice, bob] = await talkers(live, 'alice', 'bob');
    bob!.registerRpcMethod('greet', ({ payload }) => `hello, ${payload}`);
    const call = { destinationIdentity: 'bob', method: 'greet', payload: 'alice' };
    for (const room of [bob!, alice!]) {
      const [lost, back] = [nextEvent(room, 'reconnecting'), nextEvent(room, 'reconnected')];
      await room.simulateScenario('full-reconnect');
      await lost;
      const meanwhile = alice!.localParticipant.performRpc(call).catch((e: unknown) => e);
      await back;
      // To others, who makes a full reconnect leaves and comes again.
      const outcomes = ['hello, alice', rpcError('recipient-disconnected')];
      expect(outcomes).toContainEqual(await meanwhile);
      expect(await untilAnswered(alice!, call)).toBe('hello, alice');
    }
  });

  it('has one handler', () => {
    const room = live.room();
    room.registerRpcMethod('greet', () => '');
    expect(() => room.registerRpcMethod('greet', () => '')).toThrow(
      expect.objectContaining({ code: 'invalid-state' } satisfies Partial<FramewireError>) as Error,
    );
    expect(() => room.registerRpcMethod('', () => '')).toThrow(RangeError);
    expect(() => room.registerRpcMethod('x', 'y' as never)).toThrow(TypeError);
  });
});
