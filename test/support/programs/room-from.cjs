// Joins with rtc-node's own room, hands it to Framewire, and watches and publishes through that.
// Usage: room-from.cjs rtc-node-first|framewire-first import|require URL TOKEN
//
// It prints the colour that Framewire sees, the colour that rtc-node's own stream sees on the same track,
// and the size of the picture that it publishes, as its own stream shows it.
const [, , order, format, url, token] = process.argv;

function print(name, value) {
  process.stdout.write(`${JSON.stringify({ [name]: value })}\n`);
}

async function main() {
  let rtc;
  let rtcRoom;
  const joinWithRtcNode = async () => {
    // rtc-node has two builds, for the two kinds of modules.
    rtc = format === 'import' ? await import('@livekit/rtc-node') : require('@livekit/rtc-node');
    rtcRoom = new rtc.Room();
    await rtcRoom.connect(url, token, { autoSubscribe: true, dynacast: false });
  };
  if (order === 'rtc-node-first') await joinWithRtcNode();
  const { LocalVideoTrack, Room, VideoSource, VideoStream } = require('framewire');
  const { meanColor, solidFrame } = require('framewire/testing');
  if (order === 'framewire-first') {
    // As a program does that has used Framewire for something already.
    new VideoSource({ width: 320, height: 180 }).close();
    await joinWithRtcNode();
  }

  const room = Room.from(rtcRoom);
  print('identity', room.localParticipant.identity);
  const { track, participant } = await room.waitForTrack({ kind: 'video' });
  print('publisher', participant.identity);
  const stream = new VideoStream(track, { format: 'RGBA' });
  const { value: frame } = await stream.next();
  print('color', meanColor(frame).map(Math.round));
  frame.close();

  const rtcPublication = [
    ...rtcRoom.remoteParticipants.get(participant.identity).trackPublications.values(),
  ].find(({ sid }) => sid === track.sid);
  const reader = new rtc.VideoStream(rtcPublication.track).getReader();
  const { value } = await reader.read();
  const rgba = value.frame.convert(rtc.VideoBufferType.RGBA);
  print('rtcNodeColor', [...rgba.data.subarray(0, 3)]);
  await reader.cancel();
  // Ours goes on.
  (await stream.next()).value.close();

  const source = new VideoSource({ width: 320, height: 180 });
  const mine = LocalVideoTrack.create('answer', source);
  const publication = await room.localParticipant.publishTrack(mine, { simulcast: false });
  const answer = solidFrame([40, 60, 200], { width: 320, height: 180, format: 'RGBA' });
  const timer = setInterval(() => source.captureFrame(answer), 33);
  await publication.waitForSubscription();
  print('published', publication.name);
  // Until the other side has seen enough and leaves.
  for await (const one of stream) one.close();
  clearInterval(timer);
  // Leaving one leaves the other.
  await (order === 'framewire-first' ? room.disconnect() : rtcRoom.disconnect());
  print('connected', [room.connected, rtcRoom.isConnected]);
  source.close();
  if (order === 'rtc-node-first') await rtc.dispose();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
