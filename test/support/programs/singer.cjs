// Publishes a tone until it's killed. Usage: singer.cjs URL TOKEN
const { AudioSource, LocalAudioTrack, Room } = require('framewire');
const { Tone } = require('framewire/testing');

const [, , url, token] = process.argv;

async function main() {
  const room = new Room();
  await room.connect(url, token);
  const source = new AudioSource({ sampleRate: 48_000, channels: 1, queueMs: 100 });
  await room.localParticipant.publishTrack(LocalAudioTrack.create('tone', source));
  const tone = new Tone({ frequency: 440, sampleRate: 48_000, channels: 1 });
  for (;;) await source.captureFrame(tone.next(20));
}

void main();
