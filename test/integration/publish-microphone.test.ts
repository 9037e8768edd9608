import { AudioMixer, AudioStream } from 'framewire';
import { openSpeaker, publishMicrophone } from 'framewire/capture';
import { liveRooms } from '../support/live-rooms.js';
import { liveSound } from '../support/sound-server.js';
import { describeWith } from '../support/tools.js';
import { nextEvent, untilTone } from '../support/waits.js';

jest.setTimeout(60_000);

const live = liveRooms();

describeWith(['pulseaudio', 'ffmpeg'], 'sound from a device to a device', () => {
  const sound = liveSound();

  it('is captured by a microphone, and arrives at a subscriber', async () => {
    await sound().playTone(440);
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    const subscribed = nextEvent(bob, 'trackSubscribed');
    await using microphone = await publishMicrophone(alice, { device: 'vmic', reopen: true });
    const [track, publication] = await subscribed;
    expect(publication).toMatchObject({ source: 'microphone', name: 'microphone', kind: 'audio' });
    await using stream = new AudioStream(track);
    await untilTone(stream, 440);
    expect(microphone.stats.dropped).toMatchObject({ late: 0, closed: 0 });

    // The sound server comes back with another tone: the same track goes on.
    await sound().kill();
    await sound().revive();
    await sound().playTone(660);
    await untilTone(stream, 660);

    const unpublished = nextEvent(bob, 'trackUnpublished');
    await microphone.close();
    await unpublished;
    await expect(microphone.closed).resolves.toEqual({ reason: 'closed' });
  });

  it('comes out of the speaker, of all who are there', async () => {
    const [alice, bob] = await Promise.all([live.join('alice'), live.join('bob')]);
    await using speaker = await openSpeaker({ device: 'spk' });
    await using mixer = new AudioMixer({ pace: 'live' });
    bob.on('trackSubscribed', (track) => mixer.add(new AudioStream(track)));
    const playing = speaker.play(mixer);
    await live.sing(alice, 880);
    await using listener = sound().listen();
    await listener.untilTone(880);
    await mixer.close();
    await playing;
    expect(speaker.bufferedMs).toBe(0);
  });

  it('ends with an error when the device is lost', async () => {
    const alice = await live.join('alice');
    const microphone = await publishMicrophone(alice, { device: 'vmic' });
    await sound().kill();
    await expect(microphone.closed).resolves.toMatchObject({
      reason: 'failed',
      error: { code: 'device' },
    });
    expect(alice.localParticipant.trackPublications.size).toBe(0);
    await sound().revive();
  });

  it('is not published at all where there is no such device', async () => {
    const alice = await live.join('alice');
    const missing = publishMicrophone(alice, { device: 'nobody' });
    await expect(missing).rejects.toMatchObject({ code: 'device' });
    expect(alice.localParticipant.trackPublications.size).toBe(0);
    await alice.disconnect();
    await expect(publishMicrophone(alice)).rejects.toMatchObject({ code: 'disconnected' });
  });
});
