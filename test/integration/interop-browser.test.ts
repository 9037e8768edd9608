import { VIDEO_CODECS, VideoStream } from 'framewire';
import { type Color, meanColor, solidFrame } from 'framewire/testing';
import { BrowserPeer } from '../support/browser-peer.js';
import { liveRooms } from '../support/live-rooms.js';
import { livePeer } from '../support/peer.js';
import type { Capture } from '../support/painter.js';
import { meet } from '../support/peers.js';
import { describeWith } from '../support/tools.js';
import { drain, nextEvent, untilColor } from '../support/waits.js';

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

  it.each(VIDEO_CODECS)('sees %s though it knows nothing of frame metadata', async (codec) => {
    const [alice] = await Promise.all([live.join('alice'), joinBrowser()]);
    await live.paint(alice, RED, { codec });
    const seen = await browser().untilColor('alice', RED);
    expect([seen.width, seen.height]).toEqual([320, 180]);
  });

  it.each(['vp8', 'h264', 'vp9'] as const)(
    'sees %s with frame metadata, and reads that, if it was told to',
    async (codec) => {
      const join = joinBrowser({ knowsMetadata: true });
      const [alice] = await Promise.all([live.join('alice'), join]);
      const metadata = { captureTimeUs: 1_700_000_000_000_000, userData: new Uint8Array([1, 2]) };
      const frame = solidFrame(RED, { width: 320, height: 180, format: 'RGBA' });
      const capture: Capture = (source) => source.captureFrame(frame, { metadata });
      await live.paint(alice, capture, { codec, frameMetadata: true });
      await browser().untilColor('alice', RED);
      expect(await browser().nextMetadata('alice')).toMatchObject(metadata);
    },
  );

  it.each(['vp8', 'h264', 'vp9'] as const)('decrypts %s with frame metadata', async (codec) => {
    const sharedKey = 'correct horse';
    const [alice] = await Promise.all([
      live.join('alice', { encryption: { sharedKey } }),
      joinBrowser({ key: sharedKey }),
    ]);
    await live.paint(alice, RED, { codec, frameMetadata: true });
    await browser().untilColor('alice', RED);
    expect(await browser().nextMetadata('alice')).toHaveProperty('frameId');
  });

  it('shows us its own camera, as browsers send it', async () => {
    const [alice] = await Promise.all([live.join('alice'), joinBrowser()]);
    await browser().publishDevices();
    const { track, publication } = await alice.waitForTrack({ kind: 'video', source: 'camera' });
    await alice.waitForTrack({ kind: 'audio', source: 'microphone' });
    expect(publication.muted).toBe(false);
    await using stream = new VideoStream(track);
    // The fake camera of Chromium is green, with a clock and a pie.
    for await (using frame of stream) {
      const [red, green, blue] = meanColor(frame);
      if (green > red + 50 && green > blue + 50) break;
    }
    expect(stream.stats.missing).toBeUndefined();
  });

  it('chats with us', async () => {
    const alice = await meet(live, browser());
    const first = await alice.localParticipant.sendChatMessage('grüß dich');
    expect(await browser().next('chat')).toMatchObject({
      message: 'grüß dich',
      id: first.id,
      edited: false,
      from: 'alice',
    });
    await alice.localParticipant.editChatMessage(first, 'hello');
    const again = await browser().next('chat');
    expect(again).toMatchObject({ message: 'hello', id: first.id, edited: true });

    const here = nextEvent(alice, 'chatMessage');
    await browser().sendChat('hello yourself');
    const [message, participant] = await here;
    expect(message).toMatchObject({ message: 'hello yourself', deleted: false });
    expect(participant).toBe(alice.remoteParticipants.get('peer'));
  });

  it('is gone and back when its page is loaded again, while we go on', async () => {
    const [alice] = await Promise.all([live.join('alice'), joinBrowser()]);
    await Promise.all([live.paint(alice, RED), browser().publishVideo({ color: BLUE })]);
    await using tracks = alice.tracks({ kind: 'video', participant: 'browser' });
    const { value: before } = await tracks.next();
    await using stream = new VideoStream(before!.track);
    await Promise.all([untilColor(stream, BLUE), browser().untilColor('alice', RED)]);

    const left = nextEvent(alice, 'participantDisconnected');
    const rest = drain(stream);
    await browser().reload();
    expect((await left)[0]).toBe(before!.participant);
    await rest;
    expect(before!.track.ended).toBe(true);

    await joinBrowser();
    await browser().publishVideo({ color: RED });
    const { value: after } = await tracks.next();
    expect(after!.participant).not.toBe(before!.participant);
    await using again = new VideoStream(after!.track);
    await Promise.all([untilColor(again, RED), browser().untilColor('alice', RED)]);
  });
});
