// A program has a room of rtc-node's and Framewire's view of it. Both get the packets, and each the streams that it
// has a handler for. Prints what came.
const rtc = require('@livekit/rtc-node');
const { Room } = require('framewire');

const [, , url, ours, theirs] = process.argv;

async function main() {
  const rtcRoom = new rtc.Room();
  await rtcRoom.connect(url, ours, { autoSubscribe: true, dynacast: false });
  const room = Room.from(rtcRoom);
  const came = [];
  const all = new Promise((resolve) => {
    const seen = (what) => {
      if (!came.includes(what)) came.push(what);
      if (came.length === 4) resolve();
    };
    rtcRoom.on('dataReceived', (data) => seen(`rtc-node packet ${Buffer.from(data)}`));
    room.on('dataReceived', ({ text }) => seen(`framewire packet ${text}`));
    rtcRoom.registerTextStreamHandler('theirs', async (reader) => {
      seen(`rtc-node stream ${await reader.readAll()}`);
    });
    room.registerTextStreamHandler('ours', async (reader) => {
      seen(`framewire stream ${await reader.readAll()}`);
    });
  });
  const other = new Room();
  await other.connect(url, theirs);
  const { localParticipant: me } = other;
  // The first may come before the other end can hear.
  const timer = setInterval(() => {
    void me.publishData('p');
    void me.sendText('a', { topic: 'theirs' });
    void me.sendText('b', { topic: 'ours' });
  }, 100);
  await all;
  clearInterval(timer);
  console.log(JSON.stringify(came.sort()));
  await Promise.all([other.disconnect(), room.disconnect()]);
  await rtc.dispose();
}

void main();
