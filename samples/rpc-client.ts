// Calls a method of another participant, and tells one failure from another.
// Run it: npm run sample -- rpc-client [--seconds 5] [--payload 7/2]

import { Room, RpcError } from 'framewire';
import { Calculator } from './support/calculator.js';
import { runSample } from './support/run-sample.js';

runSample(
  { flags: { payload: '7/2' }, company: (place) => Calculator.join(place) },
  async ({ url, token, signal, flags }) => {
    await using room = new Room();
    await room.connect(url, await token('caller'), { autoSubscribe: false, signal });
    const { identity } = await room.waitForParticipant('calculator', { signal });

    const call = async (method: string, payload: string): Promise<void> => {
      try {
        const answer = await room.localParticipant.performRpc({
          destinationIdentity: identity,
          method,
          payload,
          responseTimeoutMs: 3_000,
          signal,
        });
        console.log(`${method} ${payload}: ${answer}`);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        // `reason` is one of a fixed set; 'application' says that the code is the method's own.
        console.log(`${method} ${payload}: ${error.reason} ${error.code}, ${error.message}`);
      }
    };
    await call('divide', flags.payload);
    await call('divide', '1/0');
    await call('multiply', '2*3');
  },
);
