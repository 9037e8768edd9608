// Two copies of Framewire in one process, as two dependencies of a program may bring them: one publishes,
// the other looks. A connection that the second gives up must not keep the process, either.
// Usage: two-copies.cjs URL TOKEN TOKEN SILENT-URL
const { join } = require('node:path');

const dist = join(__dirname, '..', '..', '..', 'dist');

function load() {
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(dist)) delete require.cache[path];
  }
  return { ...require('framewire'), ...require('framewire/testing') };
}

const [, , url, aliceToken, bobToken, silentUrl] = process.argv;

async function main() {
  const first = load();
  const second = load();
  if (first.Room === second.Room) throw new Error('It is one copy.');

  const alice = new first.Room();
  await alice.connect(url, aliceToken);
  const bob = new second.Room();
  await bob.connect(url, bobToken);
  const source = new first.VideoSource({ width: 320, height: 180 });
  const picture = first.LocalVideoTrack.create('picture', source);
  await alice.localParticipant.publishTrack(picture, { simulcast: false });
  const frame = first.solidFrame([200, 40, 40], { width: 320, height: 180, format: 'RGBA' });
  const timer = setInterval(() => source.captureFrame(frame), 33);
  const { track } = await bob.waitForTrack({ kind: 'video' });
  const stream = new second.VideoStream(track);
  const { value } = await stream.next();
  value.close();
  clearInterval(timer);
  console.log('seen');
  await stream.close();
  await Promise.all([alice.disconnect(), bob.disconnect()]);
  source.close();
  frame.close();

  const waiting = new second.Room().connect(silentUrl, bobToken, { connectTimeoutMs: 200 });
  console.log((await waiting.catch((error) => error)).code);
  await Promise.all([first.whenIdle(), second.whenIdle()]);
  console.log('idle');
}

void main();
