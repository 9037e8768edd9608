import { type ByteStreamReader, VIDEO_CODECS, VideoStream } from 'framewire';
import { type Color, solidFrame } from 'framewire/testing';
import { liveRooms } from '../support/live-rooms.js';
import { livePeer } from '../support/peer.js';
import { meet } from '../support/peers.js';
import { PythonPeer } from '../support/python-peer.js';
import { describeWith } from '../support/tools.js';
import { drain, nextEvent, untilColor } from '../support/waits.js';

const RED: Color = [200, 40, 40];
const BLUE: Color = [40, 60, 200];

const live = liveRooms();

describeWith('python', "LiveKit's Python SDK", () => {
  const python = livePeer(() => PythonPeer.launch());

  async function joinPython(): Promise<void> {
    await python().join({ url: live.server.url, token: await live.token('python') });
  }

  it.each(VIDEO_CODECS)('carries frame metadata both ways in %s', async (codec) => {
    const [alice] = await Promise.all([live.join('alice'), joinPython()]);
    const sent = { captureTimeUs: 1_700_000_000_000_000, userData: new Uint8Array([1, 2, 3]) };
    const frame = solidFrame(RED, { width: 320, height: 180, format: 'RGBA' });
    await live.paint(alice, (source) => source.captureFrame(frame, { metadata: sent }), {
      codec,
      frameMetadata: true,
    });
    await python().publishVideo({ color: BLUE, codec, metadata: sent });
    const { track } = await alice.waitForTrack({ kind: 'video', participant: 'python' });
    await using stream = new VideoStream(track);
    const read = async (): Promise<number> => {
      const { value } = await stream.next();
      using received = value!;
      const { frameId = -1, ...rest } = received.metadata;
      expect(rest).toEqual(sent);
      return frameId;
    };
    const [first, second] = [await read(), await read()];
    expect(second).toBeGreaterThan(first);
    const { frameId, ...seen } = await python().nextMetadata('alice');
    expect(seen).toEqual(sent);
    expect(frameId).toBeGreaterThanOrEqual(0);
  });

  it('ends what it had begun with us when it is killed', async () => {
    await using victim = await PythonPeer.launch();
    const alice = await meet(live, victim);
    await victim.publishVideo({ color: BLUE });
    const { track, participant } = await alice.waitForTrack({ kind: 'video' });
    await using stream = new VideoStream(track);
    await untilColor(stream, BLUE);
    const pieces: Uint8Array[] = [];
    const read = async (reader: ByteStreamReader): Promise<void> => {
      for await (const piece of reader) pieces.push(piece);
    };
    const streamed = new Promise<void>((resolve, reject) => {
      alice.registerByteStreamHandler('bytes', (reader) => {
        read(reader).then(resolve, reject);
      });
    });
    await victim.beginBytes(new Uint8Array([1, 2, 3]), { name: 'endless' });
    const call = (method: string): Promise<string> =>
      alice.localParticipant.performRpc({
        destinationIdentity: 'peer',
        method,
        responseTimeoutMs: 60_000,
      });
    const left = nextEvent(alice, 'participantDisconnected');
    const rest = drain(stream);
    await Promise.all([
      expect(streamed).rejects.toMatchObject({ code: 'participant-left' }),
      expect(call('never')).rejects.toMatchObject({ reason: 'recipient-disconnected' }),
      call('echo')
        .then(() => victim.kill())
        // The server notices by itself, but takes 20 seconds.
        .then(() => live.admin.removeParticipant(live.roomName, 'peer')),
    ]);
    expect((await left)[0]).toBe(participant);
    expect(pieces).toEqual([new Uint8Array([1, 2, 3])]);
    await rest;
    expect(track.ended).toBe(true);
  });
});
