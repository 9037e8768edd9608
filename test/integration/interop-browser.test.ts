import { AudioStream, VIDEO_CODECS, VideoStream } from 'framewire';
import type { Color } from 'framewire/testing';
import { BrowserPeer } from '../support/browser-peer.js';
import { liveRooms } from '../support/live-rooms.js';
import { livePeer } from '../support/peer.js';
import { describeWith } from '../support/tools.js';
import { untilColor, untilTone } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

describeWith('chromium', 'livekit-client in a browser', () => {
  const browser = livePeer(() => BrowserPeer.launch());

  async function joinBrowser(
    options: { key?: string; knowsMetadata?: boolean } = {},
  ): Promise<void> {
    const { url } = live.server;
    await browser().join({ url, token: await live.token('browser'), ...options });
  }

  describe('media', () => {
    it('goes both ways', async () => {
      const [alice] = await Promise.all([live.join('alice'), joinBrowser()]);
      await Promise.all([
        live.paint(alice, RED),
        live.sing(alice, 440),
        browser().publishVideo({ color: BLUE }),
        browser().publishTone(880),
      ]);
      const here = (async () => {
        const [{ track: video }, { track: audio }] = await Promise.all([
          alice.waitForTrack({ kind: 'video', participant: 'browser' }),
          alice.waitForTrack({ kind: 'audio', participant: 'browser' }),
        ]);
        await using pictures = new VideoStream(video);
        await using sound = new AudioStream(audio);
        await Promise.all([untilColor(pictures, BLUE), untilTone(sound, 880)]);
      })();
      const [seen] = await Promise.all([
        browser().untilColor('alice', RED),
        browser().untilTone('alice', 440),
        here,
      ]);
      expect([seen.width, seen.height]).toEqual([320, 180]);
    });

    it.each(VIDEO_CODECS)('is seen in %s by who knows nothing of frame metadata', async (codec) => {
      const [alice] = await Promise.all([live.join('alice'), joinBrowser()]);
      await live.paint(alice, RED, { codec });
      const seen = await browser().untilColor('alice', RED);
      expect([seen.width, seen.height]).toEqual([320, 180]);
    });
  });
});
