// Ends while frames are held, in the way that its first argument names.
const { LocalVideoTrack, VideoFrame, VideoSource, VideoStream } = require('framewire');
const zlib = require('node:zlib');

const SIZE = { width: 320, height: 240 };

async function main() {
  const source = new VideoSource(SIZE);
  const stream = new VideoStream(LocalVideoTrack.create('picture', source), { capacity: 4 });
  const picture = VideoFrame.create({ ...SIZE, format: 'RGBA' });
  const held = (globalThis.held = [picture]);
  const timer = setInterval(() => source.captureFrame(picture), 1);
  for await (const frame of stream) {
    held.push(frame, frame.clone(), frame.convert('RGBA'), frame.convert('NV12'));
    if (held.length > 12) break;
  }
  held[1].data.fill(1);
  console.log('held');
  switch (process.argv[2]) {
    case 'by itself':
      clearInterval(timer);
      source.close();
      break;
    case 'at once':
      process.exit(0);
      break;
    case 'while a stream is open':
      held.push(new VideoStream(LocalVideoTrack.create('other', source)));
      setImmediate(() => process.exit(0));
      break;
    case 'within borrow':
      held[5].borrow(() => process.exit(0));
      break;
    case 'while zlib reads':
      zlib.gzip(held[1].data, () => undefined);
      held[5].borrow((view) => zlib.gzip(view, () => undefined));
      process.exit(0);
      break;
    case 'by an error':
      throw new Error('meant');
  }
}

void main();
