import type { PublishDtmfOptions, PublishTranscriptionOptions } from 'framewire';
import { acquaintances } from '../support/data.js';
import { introduce } from '../support/introduce.js';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

describe('a transcription', () => {
  it("of an agent's reaches the others with who said it, and in which track", async () => {
    const bob = await live.join('bob');
    const { track } = await live.sing(bob, 440);
    const agent = await live.join('agent', { who: { kind: 'agent' } });
    await agent.waitForTrack();
    const mine = nextEvent(bob, 'transcriptionReceived');
    const segments = [
      { id: 'a', text: 'hello', startTimeMs: 10, endTimeMs: 500, final: true, language: 'en' },
      { id: 'b', text: 'world 🎈' },
    ];
    const trackSid = track.sid!;
    await agent.localParticipant.publishTranscription({
      participantIdentity: 'bob',
      trackSid,
      segments,
    });
    const [received, participant, publication] = await mine;
    expect(received).toEqual([
      segments[0],
      { ...segments[1], startTimeMs: 0, endTimeMs: 0, final: false, language: '' },
    ]);
    expect(participant).toBe(bob.localParticipant);
    expect(publication).toBe(bob.localParticipant.trackPublications.get(trackSid));
  });

  it('of what nobody here said comes without them', async () => {
    const agent = await live.join('agent', { who: { kind: 'agent' } });
    const bob = await live.join('bob');
    await introduce(bob, agent);
    const received = nextEvent(bob, 'transcriptionReceived');
    await agent.localParticipant.publishTranscription({
      participantIdentity: 'somebody',
      trackSid: 'TR_gone',
      segments: [{ id: 'a', text: 'hello' }],
    });
    expect((await received).slice(1)).toEqual([undefined, undefined]);
  });

  it('of one who is no agent is refused at once, as is one that makes no sense', async () => {
    const { localParticipant } = await live.join('bob');
    const said = { participantIdentity: 'bob', trackSid: 'TR_x', segments: [] };
    await expect(localParticipant.publishTranscription(said)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const segment = { id: 'a', text: 'hello' };
    for (const [wrong, error] of [
      [undefined, TypeError],
      [{ ...said, participantIdentity: '' }, RangeError],
      [{ ...said, trackSid: 7 }, TypeError],
      // The process of everybody in the room would end.
      [{ ...said, trackSid: 'camera' }, RangeError],
      [{ ...said, segments: 'hello' }, TypeError],
      [{ ...said, segments: [null] }, TypeError],
      [{ ...said, segments: [{ ...segment, id: '' }] }, RangeError],
      [{ ...said, segments: [{ ...segment, text: 7 }] }, TypeError],
      [{ ...said, segments: [{ ...segment, startTimeMs: 0.5 }] }, RangeError],
      [{ ...said, segments: [{ ...segment, endTimeMs: -1 }] }, RangeError],
      [{ ...said, segments: [{ ...segment, final: 1 }] }, TypeError],
    ] as const) {
      await expect(
        localParticipant.publishTranscription(wrong as unknown as PublishTranscriptionOptions),
      ).rejects.toThrow(error);
    }
  });
});

describe('a key of a telephone', () => {
  it('reaches those it is meant for', async () => {
    const [alice, bob] = await acquaintances(live, 'alice', 'bob');
    const keys: unknown[] = [];
    bob!.on('dtmfReceived', (key, participant) => keys.push([key, participant?.identity]));
    const last = nextEvent(bob!, 'dtmfReceived', ({ digit }) => digit === 'D');
    const { localParticipant } = alice!;
    await localParticipant.publishDtmf({ digit: '5' });
    await localParticipant.publishDtmf({ digit: '7', destinationIdentities: ['carol'] });
    await localParticipant.publishDtmf({ digit: '#', destinationIdentities: ['bob'] });
    await localParticipant.publishDtmf({ digit: 'D', code: 15 });
    await last;
    expect(keys).toEqual([
      [{ code: 5, digit: '5' }, 'alice'],
      [{ code: 11, digit: '#' }, 'alice'],
      [{ code: 15, digit: 'D' }, 'alice'],
    ]);
  });

  it('that there is not is refused, as is one without permission', async () => {
    const { localParticipant } = await live.join('bob', { grants: { canPublishData: false } });
    await expect(localParticipant.publishDtmf({ digit: '1' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    for (const [wrong, error] of [
      [undefined, TypeError],
      [{ digit: 5 }, TypeError],
      [{ digit: 'E' }, RangeError],
      [{ digit: '55' }, RangeError],
      [{ digit: '5', code: 16 }, RangeError],
      [{ digit: '5', destinationIdentities: [] }, RangeError],
    ] as const) {
      await expect(
        localParticipant.publishDtmf(wrong as unknown as PublishDtmfOptions),
      ).rejects.toThrow(error);
    }
  });
});
