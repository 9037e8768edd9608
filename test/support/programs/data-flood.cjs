// One participant sends another 100,000 packets as fast as it can. Prints what arrived, and by how much the
// process grew in the second half. Run with --expose-gc.
const { Room } = require('framewire');

const COUNT = 100_000;
const [, , url, ...tokens] = process.argv;

function residentMb() {
  global.gc();
  return process.memoryUsage().rss / 2 ** 20;
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
      if (received === COUNT) resolve();
    });
  });
  const packet = Buffer.alloc(100);
  let before = 0;
  let sending = [];
  for (let i = 0; i < COUNT; i++) {
    packet.writeUInt32LE(i);
    sending.push(flooder.localParticipant.publishData(packet));
    if (sending.length === 1_000) await Promise.all(sending.splice(0));
    if (i === COUNT / 2) before = residentMb();
  }
  await done;
  const grownMb = residentMb() - before;
  console.log(JSON.stringify({ received, inOrder, grownMb }));
  await Promise.all([flooder.disconnect(), flooded.disconnect()]);
}

void main();
