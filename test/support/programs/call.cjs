// Two participants in one process: one publishes, the other looks. Then both leave, unless told to stay.
// Usage: call.cjs URL TOKEN TOKEN leave|stay|unread
const { LocalVideoTrack, Room, VideoSource, VideoStream } = require('framewire');
const { solidFrame } = require('framewire/testing');

const [, , url, aliceToken, bobToken, end] = process.argv;

async function main() {
  const alice = new Room();
  const bob = new Room();
  await alice.connect(url, aliceToken);
  await bob.connect(url, bobToken);
  const source = new VideoSource({ width: 320, height: 180 });
  const picture = LocalVideoTrack.create('picture', source);
  await alice.localParticipant.publishTrack(picture, { simulcast: false });
  const frame = solidFrame([200, 40, 40], { width: 320, height: 180, format: 'RGBA' });
  const timer = setInterval(() => source.captureFrame(frame), 33);
  const { track } = await bob.waitForTrack({ kind: 'video' });
  const stream = new VideoStream(track);
  const { value } = await stream.next();
  value.close();
  clearInterval(timer);
  console.error('seen');
  if (end === 'stay') return;
  if (end === 'unread') {
    // Nobody reads or closes the stream, and nothing but the rooms is ended.
    await Promise.all([alice.disconnect(), bob.disconnect()]);
    return;
  }
  await stream.close();
  await Promise.all([alice.disconnect(), bob.disconnect()]);
  source.close();
  frame.close();
  console.error('left');
}

void main();
