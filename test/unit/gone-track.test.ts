import {
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  VideoSource,
  VideoStream,
} from 'framewire';
import { whenIdle } from 'framewire/testing';
import { ffi } from '../../src/native/ffi-client.js';
import { newVideoSource } from '../../src/native/video-requests.js';
import { RemoteVideoTrack } from '../../src/tracks/remote-track.js';
import { drain } from '../support/waits.js';

afterAll(() => whenIdle());

/** Opens a stream of each kind on tracks that are natively `handle`. */
function streamsOn(handle: number): (VideoStream | AudioStream)[] {
  const camera = new VideoSource({ width: 64, height: 48 });
  const voice = new AudioSource({ sampleRate: 48_000, channels: 1 });
  const pictures = LocalVideoTrack.create('camera', camera);
  const sound = LocalAudioTrack.create('voice', voice);
  for (const track of [pictures, sound]) {
    jest.spyOn(track, 'nativeTrack').mockReturnValue(handle);
  }
  return [new VideoStream(pictures), new AudioStream(sound)];
}

// The tracks of a room that's being left are gone natively before anybody hears of it.
describe('a stream on a track that is natively gone', () => {
  it('ends', async () => {
    const dropped = newVideoSource({ width: 64, height: 48, screencast: false });
    ffi().drop(dropped);
    for (const stream of streamsOn(dropped)) expect(await drain(stream)).toBe(0);
  });

  it('ends where its handle means something else', async () => {
    const source = newVideoSource({ width: 64, height: 48, screencast: false });
    for (const stream of streamsOn(source)) expect(await drain(stream)).toBe(0);
    ffi().drop(source);
  });

  it('may be closed first', async () => {
    const source = newVideoSource({ width: 64, height: 48, screencast: false });
    for (const stream of streamsOn(source)) {
      await stream.close();
      await expect(stream.next()).resolves.toMatchObject({ done: true });
    }
    ffi().drop(source);
  });
});

it('The statistics of a track that is natively gone are those of one that has ended: none', async () => {
  const handle = newVideoSource({ width: 64, height: 48, screencast: false });
  ffi().drop(handle);
  const init = { sid: 'TR_1', name: 'camera', muted: false, handle, withheld: () => false };
  await expect(RemoteVideoTrack.create(init).getStats()).rejects.toMatchObject({ code: 'closed' });
});
