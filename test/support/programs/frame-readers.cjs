// Gives frames to everything that reads memory asynchronously, and closes each before the reader is done.
// Prints one line for each: its name and what the reader found. Ends early only by crashing.
const { once } = require('node:events');
const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const dgram = require('node:dgram');
const fs = require('node:fs');
const net = require('node:net');
const { promisify } = require('node:util');
const { MessageChannel, Worker } = require('node:worker_threads');
const zlib = require('node:zlib');
const { VideoFrame } = require('framewire');

const SIZE = { width: 480, height: 360, format: 'RGBA' };

// Doesn't shrink: zlib passes its input on again for every 16 KiB that come out.
const noise = crypto.randomBytes(SIZE.width * SIZE.height * 4);

/** A frame in the SDK's own memory. */
function madeFrame() {
  const frame = VideoFrame.create(SIZE);
  frame.data.set(noise);
  return frame;
}

/** A frame in native memory, as received ones are, with the same pixels. */
function nativeFrame() {
  const other = new VideoFrame(noise, SIZE);
  const turned = other.convert('BGRA');
  const frame = turned.convert('RGBA');
  turned.close();
  return frame;
}

/** Uses the memory that was freed for other pictures. */
function reuse() {
  for (let i = 0; i < 12; i++) {
    const frame = nativeFrame();
    frame.data.fill(i);
    frame.close();
  }
}

/** Has `data` of a frame read by `begin`, and closes the frame before that is done. */
async function reading(begin, make = nativeFrame) {
  const frame = make();
  const done = begin(frame.data, frame);
  frame.close();
  reuse();
  return done;
}

/** The same with what `borrow` gives. */
async function borrowing(begin) {
  const frame = nativeFrame();
  let done;
  frame.borrow((view) => {
    done = begin(view);
  });
  frame.close();
  reuse();
  return done;
}

function found(bytes, wanted = noise) {
  return Buffer.compare(bytes, wanted) === 0 ? 'the picture' : 'something else';
}

async function collected(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function socketPair() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sender = net.connect(server.address().port, '127.0.0.1');
  const [receiver] = await once(server, 'connection');
  server.close();
  return [sender, receiver];
}

const gzip = promisify(zlib.gzip);
const thrice = Buffer.concat([noise, noise, noise]);

/** Writes three times, so that the later ones wait while the frame is closed. */
function writeThrice(stream, data) {
  stream.write(data);
  stream.write(data);
  stream.end(data);
}

const readers = {
  gzip: () => reading(async (data) => found(zlib.gunzipSync(await gzip(data)))),
  'gzip of a frame made here': () =>
    reading(async (data) => found(zlib.gunzipSync(await gzip(data))), madeFrame),
  'gzip of a part': () =>
    reading(async (data) => {
      const part = data.subarray(8).subarray(8);
      return found(zlib.gunzipSync(await gzip(part)), noise.subarray(16));
    }),
  'gzip of a plane': () =>
    reading(async (_, frame) => found(zlib.gunzipSync(await gzip(frame.plane(0).data)))),
  brotli: () =>
    reading(async (data) => {
      const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 };
      const packed = await promisify(zlib.brotliCompress)(data, { params });
      return found(zlib.brotliDecompressSync(packed));
    }),
  'a stream of zlib': () =>
    reading(async (data) => {
      const stream = zlib.createDeflate();
      const packed = collected(stream);
      writeThrice(stream, data);
      return found(zlib.inflateSync(await packed), thrice);
    }),
  CompressionStream: () =>
    reading(async (data) => {
      const { writable, readable } = new CompressionStream('gzip');
      const writer = writable.getWriter();
      await writer.ready;
      const packed = new Response(readable).arrayBuffer();
      await Promise.all([writer.write(data), writer.close()]);
      // It takes its input later: by then it may be empty.
      return typeof (await packed).byteLength;
    }),
  'a socket': () =>
    socketPair().then(([sender, receiver]) =>
      reading(async (data) => {
        writeThrice(sender, data);
        const bytes = await collected(receiver);
        receiver.destroy();
        return found(bytes, thrice);
      }),
    ),
  'a pipe': () =>
    reading(async (data) => {
      const { stdin, stdout } = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
      writeThrice(stdin, data);
      return found(await collected(stdout), thrice);
    }),
  'a file stream': () =>
    reading(async (data) => {
      const stream = fs.createWriteStream('/dev/null');
      writeThrice(stream, data);
      await once(stream, 'close');
      return stream.bytesWritten === thrice.length ? 'the picture' : 'something else';
    }),
  'fs.write': () =>
    reading(async (data) => {
      const file = await promisify(fs.open)('/dev/null', 'w');
      await promisify(fs.write)(file, data);
      await promisify(fs.close)(file);
      return 'no error';
    }),
  'fs.write at once': () => {
    const file = fs.openSync('/dev/null', 'w');
    return reading(async (data) => {
      const { bytesWritten } = await promisify(fs.write)(file, data);
      fs.closeSync(file);
      return bytesWritten;
    });
  },
  'fs.read': () => {
    const file = fs.openSync('/dev/zero');
    return reading(async (data) => {
      const { bytesRead } = await promisify(fs.read)(file, data, 0, data.length, 0);
      fs.closeSync(file);
      return bytesRead;
    });
  },
  'writeFile of promises': () =>
    reading((data) => fs.promises.writeFile('/dev/null', data).then(() => 'no error')),
  'crypto.randomFill': () =>
    reading((data) => promisify(crypto.randomFill)(data).then(() => 'no error')),
  'crypto.subtle': () =>
    reading(async (data) => {
      const digest = await crypto.subtle.digest('SHA-256', data);
      return found(Buffer.from(digest), crypto.createHash('sha256').update(noise).digest());
    }),
  'a datagram': () =>
    reading(async (data) => {
      const socket = dgram.createSocket('udp4');
      await promisify(socket.send).call(socket, data.subarray(0, 100), 9, '127.0.0.1');
      socket.close();
      return 'no error';
    }),
  Blob: () => reading(async (data) => found(Buffer.from(await new Blob([data]).arrayBuffer()))),
  'a worker': () =>
    reading(async (data) => {
      const worker = new Worker(
        `const { parentPort } = require('node:worker_threads');
        parentPort.once('message', (view) => parentPort.postMessage(view));`,
        { eval: true },
      );
      worker.postMessage(data);
      const [echo] = await once(worker, 'message');
      return found(echo);
    }),
  'a worker that gets the memory': () =>
    reading(async (data) => {
      const { port1, port2 } = new MessageChannel();
      const message = once(port2, 'message');
      port1.postMessage(data, [data.buffer]);
      const [given] = await message;
      port1.close();
      return found(given);
    }),
  'an array of larger numbers': () =>
    reading((data) => {
      const pixels = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
      return Promise.resolve().then(() => found(Buffer.from(pixels.buffer)));
    }),
  'gzip of what is borrowed': () =>
    borrowing(async (view) => found(zlib.gunzipSync(await gzip(view)))),
  'gzip of a part of what is borrowed': () =>
    borrowing(async (view) =>
      found(zlib.gunzipSync(await gzip(view.subarray(4))), noise.subarray(4)),
    ),
  'a socket with what is borrowed': () =>
    socketPair().then(([sender, receiver]) =>
      borrowing(async (view) => {
        writeThrice(sender, view);
        const bytes = await collected(receiver);
        receiver.destroy();
        return found(bytes, thrice);
      }),
    ),
  'fs.write of what is borrowed': () => {
    const file = fs.openSync('/dev/null', 'w');
    return borrowing((view) =>
      promisify(fs.write)(file, view).then(
        () => 'no error',
        () => 'no error',
      ),
    );
  },
};

async function main() {
  for (const [name, read] of Object.entries(readers)) {
    const result = await read().catch((error) => `${error.name}: ${error.message}`);
    console.log(`${name}: ${result}`);
  }
}

void main();
