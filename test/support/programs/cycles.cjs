// Two participants join, publish, see each other's picture and leave, 20 times over. After each time it
// prints what the process holds. Run with --expose-gc.
const { readdirSync } = require('node:fs');
const {
  AudioSource,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  VideoSource,
  VideoStream,
} = require('framewire');
const { solidFrame, Tone } = require('framewire/testing');

const [, , url, ...tokens] = process.argv;

async function cycle() {
  const rooms = [new Room(), new Room()];
  await Promise.all(rooms.map((room, i) => room.connect(url, tokens[i])));
  const [alice, bob] = rooms;
  const video = new VideoSource({ width: 320, height: 180 });
  const audio = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 100 });
  const picture = LocalVideoTrack.create('picture', video);
  await alice.localParticipant.publishTrack(picture, { simulcast: false });
  await alice.localParticipant.publishTrack(LocalAudioTrack.create('tone', audio));
  await audio.captureFrame(new Tone().next(50));
  const frame = solidFrame([200, 40, 40], { width: 320, height: 180, format: 'RGBA' });
  const timer = setInterval(() => video.captureFrame(frame), 33);
  const { track } = await bob.waitForTrack({ kind: 'video' });
  for await (const received of new VideoStream(track)) {
    received.close();
    break;
  }
  clearInterval(timer);
  await Promise.all(rooms.map((room) => room.disconnect()));
  video.close();
  audio.close();
  frame.close();
}

async function main() {
  for (let i = 0; i < 20; i++) {
    await cycle();
    // What is collected late must not throw.
    global.gc();
    await new Promise((done) => setImmediate(done));
    console.log(
      JSON.stringify({
        files: readdirSync('/proc/self/fd').length,
        threads: readdirSync('/proc/self/task').length,
        listeners: globalThis._ffiClientInstance.listenerCount('ffi_event'),
      }),
    );
  }
}

void main();
