import { AudioStream, VideoStream } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent, untilColor, untilTone } from '../support/waits.js';

const RED = [200, 40, 40] as const;

const live = liveRooms();

describe('with a shared key', () => {
  it('pixels and samples arrive as they were sent, and the state says so', async () => {
    const encryption = { sharedKey: 'correct horse' };
    const alice = await live.join('alice', { encryption });
    const bob = await live.join('bob', { encryption: { sharedKey: Buffer.from('correct horse') } });
    const ok = nextEvent(bob, 'e2eeStateChanged', (state) => state === 'ok');
    await live.paint(alice, RED);
    await live.sing(alice, 440);
    const video = await bob.waitForTrack({ kind: 'video' });
    const audio = await bob.waitForTrack({ kind: 'audio' });
    await using pictures = new VideoStream(video.track);
    await using sound = new AudioStream(audio.track);
    await Promise.all([untilColor(pictures, RED), untilTone(sound, 440)]);
    expect(await ok).toEqual(['ok', bob.remoteParticipants.get('alice')]);
    expect(video.publication.encryption).toBe('gcm');
    expect(audio.publication.encryption).toBe('gcm');
    expect(alice.localParticipant.publicationOf('camera')!.encryption).toBe('gcm');
  });
});
