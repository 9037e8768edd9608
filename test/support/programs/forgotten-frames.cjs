// Receives as many frames as its first argument says, with the limit of the second one in MiB, and closes none of
// them. With a third argument, it reads their data. Prints how many came, what they held at most,
// and how many native handles were dropped.
const {
  configureMemory,
  LocalVideoTrack,
  memoryUsage,
  VideoFrame,
  VideoSource,
  VideoStream,
} = require('framewire');
const { ffi } = require('../../../dist/native/ffi-client.js');

const MIB = 2 ** 20;
const [wanted, maxMiB] = process.argv.slice(2, 4).map(Number);
const readsData = process.argv.length > 4;

async function main() {
  configureMemory({ maxBytes: maxMiB * MIB });
  const size = { width: 160, height: 144 };
  const source = new VideoSource(size);
  const stream = new VideoStream(LocalVideoTrack.create('picture', source), { capacity: 8 });
  const picture = VideoFrame.create({ ...size, format: 'I420' });
  const client = ffi();
  const drop = client.drop.bind(client);
  let drops = 0;
  client.drop = (handle) => {
    drops += 1;
    drop(handle);
  };
  let most = 0;
  let reading = true;
  const capture = () => {
    if (!reading) return;
    source.captureFrame(picture);
    const { nativeBytes, pooledBytes } = memoryUsage();
    most = Math.max(most, nativeBytes + pooledBytes);
    setImmediate(capture);
  };
  capture();
  let delivered = 0;
  for await (const frame of stream) {
    if (readsData) frame.data.fill(1);
    delivered += 1;
    if (delivered === wanted) break;
  }
  reading = false;
  source.close();
  console.log(JSON.stringify({ delivered, drops, most: Math.round(most / MIB) }));
}

void main();
