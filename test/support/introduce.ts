import { AudioSource, LocalAudioTrack, type RemoteParticipant, type Room } from 'framewire';

/**
 * Has one who is in a room know one who joined later, and at once: of who publishes nothing the server tells up to
 * 3 seconds late.
 */
export async function introduce(later: Room, to: Room): Promise<RemoteParticipant> {
  const { localParticipant: me } = later;
  using source = new AudioSource({ sampleRate: 48_000, channels: 1 });
  const track = LocalAudioTrack.create('here I am', source);
  await me.publishTrack(track);
  const participant = await to.waitForParticipant(me.identity);
  await me.unpublishTrack(track);
  return participant;
}
