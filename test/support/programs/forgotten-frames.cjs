// Receives ten thousand frames and closes none of them. Prints how many came, and what they held at most.
const {
  configureMemory,
  LocalVideoTrack,
  memoryUsage,
  VideoFrame,
  VideoSource,
  VideoStream,
} = require('framewire');

const MIB = 2 ** 20;

async function main() {
  configureMemory({ maxBytes: 64 * MIB });
  const size = { width: 320, height: 288 };
  const source = new VideoSource(size);
  const stream = new VideoStream(LocalVideoTrack.create('picture', source), { capacity: 8 });
  const picture = VideoFrame.create({ ...size, format: 'I420' });
  const before = process.memoryUsage().rss;
  let grown = 0;
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
  for await (const _frame of stream) {
    delivered += 1;
    if (delivered % 100 === 0) grown = Math.max(grown, process.memoryUsage().rss - before);
    if (delivered === 10_000) break;
  }
  reading = false;
  source.close();
  console.log(
    JSON.stringify({ delivered, grownMiB: Math.round(grown / MIB), most: Math.round(most / MIB) }),
  );
}

void main();
