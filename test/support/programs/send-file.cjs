// Sends a file of 9 MB from one participant to another, who saves it. Prints whether it's the same, and how much
// JavaScript held at most, beyond what was sent and not yet saved. Run with --expose-gc.
const { createHash, randomBytes } = require('node:crypto');
const { createReadStream, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Room } = require('framewire');

const FILE_BYTES = 9_000_000;
const PIECE_BYTES = 100_000;
const LOOK_EVERY_BYTES = 500_000;
const [, , url, folder, sendersToken, receiversToken] = process.argv;

async function digest(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

/** Without what was collected only later: how much the process takes of the system says little of it. */
function heldBytes() {
  // Twice, since the first leaves some memory to be freed by other threads.
  global.gc();
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function main() {
  const path = join(folder, 'large');
  for (let written = 0; written < FILE_BYTES; written += PIECE_BYTES) {
    writeFileSync(path, randomBytes(PIECE_BYTES), { flag: 'a' });
  }
  const [sender, receiver] = [new Room(), new Room()];
  await receiver.connect(url, receiversToken);
  await sender.connect(url, sendersToken);
  const before = await digest(path);
  const base = heldBytes();
  let [sentBytes, savedBytes, held, nextLook] = [0, 0, -Infinity, 0];
  const look = () => {
    if (sentBytes + savedBytes < nextLook) return;
    nextLook += LOOK_EVERY_BYTES;
    held = Math.max(held, heldBytes() - base - (sentBytes - savedBytes));
  };
  const saved = new Promise((resolve, reject) => {
    receiver.registerByteStreamHandler('files', (reader) => {
      const onProgress = ({ bytes }) => {
        savedBytes = bytes;
        look();
      };
      reader.saveTo(folder, { onProgress }).then(resolve, reject);
    });
  });
  const onProgress = ({ bytes }) => {
    sentBytes = bytes;
    look();
  };
  await sender.localParticipant.sendFile(path, { topic: 'files', onProgress });
  const copy = await saved;
  const same = before === (await digest(copy));
  console.log(JSON.stringify({ same, heldMb: held / 1e6 }));
  await Promise.all([sender.disconnect(), receiver.disconnect()]);
}

void main();
