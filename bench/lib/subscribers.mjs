// How a program of either side receives a participant's video: as its documentation has it.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Join a room and read its video. Each calls `onPixels` for each frame, until that returns false. Only
 * Framewire's has a bound on the frames that wait, `capacity`.
 */
export const subscribers = {
  async framewire({ url, token, capacity = 1 }, onPixels) {
    const { Room, VideoStream } = require('framewire');
    const room = new Room();
    await room.connect(url, token);
    const { track } = await room.waitForTrack({ kind: 'video' });
    for await (const frame of new VideoStream(track, { capacity })) {
      const goOn = onPixels(frame.data);
      frame.close();
      if (!goOn) break;
    }
  },
  async 'rtc-node'({ url, token }, onPixels) {
    const rtc = require('@livekit/rtc-node');
    const room = new rtc.Room();
    const subscribed = new Promise((resolve) => {
      room.on(rtc.RoomEvent.TrackSubscribed, resolve);
    });
    await room.connect(url, token, { autoSubscribe: true, dynacast: false });
    const track = await subscribed;
    for await (const { frame } of new rtc.VideoStream(track)) {
      if (!onPixels(frame.data)) break;
    }
  },
};
