// One participant sends another 100,000 packets of 100 bytes as fast as it can. Prints what arrived, how many native
// handles were dropped meanwhile, and how much more JavaScript held after the last than after the first 2,000. Run
// with --expose-gc.
const { Room } = require('framewire');
const { ffi } = require('../../../dist/native/ffi-client.js');

const COUNT = 100_000;
const WARM = 2_000;
const PACKET_BYTES = 100;
const [, , url, ...tokens] = process.argv;

/** Without what was collected only later: how much the process takes of the system says little of it. */
function heldMb() {
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

function countDrops() {
  const client = ffi();
  const drop = client.drop.bind(client);
  const count = { drops: 0 };
  client.drop = (handle) => {
    count.drops += 1;
    drop(handle);
  };
  return count;
}

async function main() {
  const [flooder, flooded] = [new Room(), new Room()];
  await Promise.all([flooder.connect(url, tokens[0]), flooded.connect(url, tokens[1])]);
  await flooder.waitForParticipant('flooded');
  let received = 0;
  let inOrder = true;
  const done = new Promise((resolve) => {
    flooded.on('dataReceived', ({ data }) => {
      inOrder &&= Buffer.from(data.buffer, data.byteOffset).readUInt32LE() === received;
      received += 1;
      // The handle of the last one is dropped after this.
      if (received === COUNT) setImmediate(resolve);
    });
  });
  const counted = countDrops();
  const packet = Buffer.alloc(PACKET_BYTES);
  let before = 0;
  let sending = [];
  for (let i = 0; i < COUNT; i++) {
    packet.writeUInt32LE(i);
    sending.push(flooder.localParticipant.publishData(packet));
    if (sending.length === 1_000) await Promise.all(sending.splice(0));
    if (i === WARM) before = heldMb();
  }
  await Promise.all(sending.splice(0));
  await done;
  const grownMb = heldMb() - before;
  console.log(JSON.stringify({ received, inOrder, grownMb, ...counted }));
  await Promise.all([flooder.disconnect(), flooded.disconnect()]);
}

void main();
