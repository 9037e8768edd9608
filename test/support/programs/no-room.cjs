// Makes frames, sources, tracks and rooms, reads a local track, and never joins a room. It closes none of
// them: nothing is there that needs it.
const {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  VideoFrame,
  VideoSource,
  VideoStream,
} = require('framewire');

async function main() {
  new Room();
  const frame = VideoFrame.create({ width: 320, height: 180, format: 'RGBA' });
  frame.convert('I420');
  const video = new VideoSource({ width: 320, height: 180 });
  const track = LocalVideoTrack.create('picture', video);
  const audio = new AudioSource({ sampleRate: 48_000, channels: 1 });
  LocalAudioTrack.create('tone', audio);
  await audio.captureFrame(
    new AudioFrame(new Int16Array(480), { sampleRate: 48_000, channels: 1 }),
  );
  const timer = setInterval(() => video.captureFrame(frame), 33);
  for await (const received of new VideoStream(track)) {
    received.close();
    break;
  }
  clearInterval(timer);
}

void main();
