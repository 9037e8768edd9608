// Lets the others in the room call a method, with errors that they understand.
// Run it: npm run sample -- rpc-server [--seconds 5]

import { Room, RpcError } from 'framewire';
import { Pupil } from './support/pupil.js';
import { runSample } from './support/run-sample.js';

runSample({ company: (place) => Pupil.join(place) }, async ({ url, token, signal, ended }) => {
  await using room = new Room();
  // What a handler throws by mistake is told here; the caller only learns that it failed.
  room.on('error', (error) => console.error(error));

  // Before joining, so that it's there from the first moment. It stays over reconnects.
  room.registerRpcMethod('divide', ({ payload, callerIdentity }) => {
    console.log(`${callerIdentity} asks for ${payload}`);
    const [dividend = NaN, divisor = NaN] = payload.split('/').map(Number);
    // An RpcError goes to the caller as it is.
    if (divisor === 0) throw new RpcError(1, 'division by zero', payload);
    return String(dividend / divisor);
  });
  await room.connect(url, await token('calculator'), { autoSubscribe: false, signal });
  await ended;
});
