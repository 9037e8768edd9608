// Sends a file of 15 MB (or as many as the last argument says) from one participant to another, who saves it.
// Prints whether it's the same, and how much larger than before the process was at its largest. Run with
// --expose-gc.
const { createHash, randomBytes } = require('node:crypto');
const { createReadStream, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Room } = require('framewire');

const [, , url, folder, sendersToken, receiversToken, megabytes = '15'] = process.argv;

async function digest(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

async function main() {
  const path = join(folder, 'large');
  for (let i = 0; i < Number(megabytes); i++) {
    writeFileSync(path, randomBytes(1_000_000), { flag: 'a' });
  }
  const [sender, receiver] = [new Room(), new Room()];
  await receiver.connect(url, receiversToken);
  await sender.connect(url, sendersToken);
  const saved = new Promise((resolve, reject) => {
    receiver.registerByteStreamHandler('files', (reader) => {
      reader.saveTo(folder).then(resolve, reject);
    });
  });
  const before = await digest(path);
  global.gc();
  const base = process.memoryUsage().rss;
  let largest = 0;
  const timer = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage().rss);
  }, 20);
  const start = performance.now();
  await sender.localParticipant.sendFile(path, { topic: 'files' });
  const copy = await saved;
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  console.log(
    JSON.stringify({
      same: before === (await digest(copy)),
      grownMb: (largest - base) / 2 ** 20,
      seconds,
    }),
  );
  await Promise.all([sender.disconnect(), receiver.disconnect()]);
}

void main();
