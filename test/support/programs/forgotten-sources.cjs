// Makes sources, of which it forgets most without closing them, and prints how many were freed natively.
// Run with --expose-gc.
const {
  AudioSource,
  LocalAudioTrack,
  LocalVideoTrack,
  VideoSource,
  VideoStream,
} = require('framewire');

const audio = () => new AudioSource({ sampleRate: 48_000, channels: 1 });
const video = () => new VideoSource({ width: 64, height: 48 });

function forgetSources() {
  for (let i = 0; i < 10; i++) {
    audio();
    video();
    LocalAudioTrack.create('voice', audio());
    LocalVideoTrack.create('picture', video());
  }
}

/** The native side refuses their first frame, so that nobody ever gets to see them. */
function failToMakeSources(client) {
  const { send } = client;
  client.send = (name, ...rest) => {
    if (name === 'captureVideoFrame') throw new Error('refused');
    return send.call(client, name, ...rest);
  };
  for (let i = 0; i < 10; i++) {
    try {
      video();
    } catch {
      // As it should.
    }
  }
  client.send = send;
}

/** Of a source that nobody but the stream's track knows. */
function streamOfForgottenSource() {
  return new VideoStream(LocalVideoTrack.create('read', video()));
}

async function main() {
  audio().close();
  video().close();
  const dropped = new Set();
  const client = globalThis._ffiClientInstance;
  const drop = client.drop.bind(client);
  client.drop = (handle) => {
    if (dropped.has(handle)) throw new Error('A handle was dropped twice.');
    dropped.add(handle);
    drop(handle);
  };
  const stream = streamOfForgottenSource();
  forgetSources();
  failToMakeSources(client);
  // What is collected is told a turn or two later. The rounds after it look for what is dropped too much.
  for (let round = 0, after = 0; round < 200 && after < 5; round++) {
    global.gc();
    await new Promise(setImmediate);
    if (dropped.size >= 50) after += 1;
  }
  console.log(dropped.size);
  await stream.close();
}

void main();
