import { Room as RtcRoom } from '@livekit/rtc-node';
import { Room, type RoomEvents } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const RED = [200, 40, 40] as const;

const live = liveRooms();

describe('a room', () => {
  it('is nothing before it is joined, and stays what it was', async () => {
    const room = live.room();
    const nothing = {
      name: '',
      metadata: '',
      recording: false,
      numParticipants: 0,
      numPublishers: 0,
      createdAt: undefined,
      emptyTimeoutS: 0,
      departureTimeoutS: 0,
      maxParticipants: 0,
      activeSpeakers: [],
    };
    expect(room).toMatchObject(nothing);
    const { admin, roomName: name } = live;
    await admin.createRoom({
      name,
      metadata: 'of the room',
      emptyTimeout: 100,
      departureTimeout: 30,
      maxParticipants: 4,
    });
    const made = Date.now();
    await room.connect(live.server.url, await live.token('alice'));
    const facts = {
      name,
      metadata: 'of the room',
      recording: false,
      emptyTimeoutS: 100,
      departureTimeoutS: 30,
      maxParticipants: 4,
    };
    expect(room).toMatchObject(facts);
    expect(Math.abs(room.createdAt!.getTime() - made)).toBeLessThan(60_000);
    await room.disconnect();
    expect(room).toMatchObject(facts);
  });

  it('is made as the token of the first participant says', async () => {
    const roomConfig = {
      emptyTimeoutS: 50,
      departureTimeoutS: 5,
      maxParticipants: 1,
      metadata: 'by token',
    };
    const room = await live.join('alice', { who: { roomConfig } });
    const { metadata, ...others } = roomConfig;
    expect(room).toMatchObject({ metadata, ...others });
    await expect(live.join('bob')).rejects.toMatchObject({ message: expect.any(String) as string });
  });

  it('has a sid, told once', async () => {
    const room = live.room();
    const told = nextEvent(room, 'roomSidChanged');
    await room.connect(live.server.url, await live.token('alice'));
    const [first, second] = await Promise.all([room.sid(), room.sid()]);
    expect(first).toMatch(/^RM_/);
    expect(second).toBe(first);
    expect(await told).toEqual([first]);
    expect(await room.sid()).toBe(first);
    await expect(room.sid({ signal: AbortSignal.abort(new Error('Enough.')) })).rejects.toThrow(
      'Enough.',
    );
    await expect(room.sid(7 as never)).rejects.toThrow(/^options must be an object/);
  });

  it('is given other metadata, and everybody is told', async () => {
    const [alice, bob] = [await live.join('alice'), await live.join('bob')];
    const told = [alice, bob].map((room) => nextEvent(room, 'roomMetadataChanged'));
    const updated = nextEvent(alice, 'roomUpdated', () => alice.metadata === 'new');
    await live.admin.updateRoomMetadata(live.roomName, 'new');
    expect(await Promise.all(told)).toEqual([['new'], ['new']]);
    expect([alice.metadata, bob.metadata]).toEqual(['new', 'new']);
    expect(await updated).toEqual([]);
  });

  it('counts who takes part and who publishes', async () => {
    const alice = await live.join('alice');
    await live.join('spy', { grants: { hidden: true } });
    await live.join('helper', { who: { kind: 'agent' } });
    const bob = await live.join('bob');
    const counted = nextEvent(alice, 'roomUpdated', () => alice.numPublishers === 1);
    await live.paint(bob, RED);
    await counted;
    expect(alice.numParticipants).toBe(3);
  });

  it('is recorded, by one whom nobody sees', async () => {
    const alice = await live.join('alice');
    const told: (keyof RoomEvents)[] = [];
    alice.on('roomUpdated', () => told.push('roomUpdated'));
    alice.on('recordingChanged', () => told.push('recordingChanged'));
    const began = nextEvent(alice, 'recordingChanged');
    const grants = { hidden: true, recorder: true };
    const recorder = await live.join('recorder', { grants });
    expect(await began).toEqual([true]);
    expect(alice.recording).toBe(true);
    expect(told.at(-2)).toBe('roomUpdated');
    expect(alice.remoteParticipants.size).toBe(0);

    const ended = nextEvent(alice, 'recordingChanged');
    await recorder.disconnect();
    expect(await ended).toEqual([false]);
    expect(alice.recording).toBe(false);
  });
});

describe("a room of rtc-node's", () => {
  it('has all of that, from the time it is taken over', async () => {
    const alice = await live.join('alice', {
      grants: { canUpdateOwnMetadata: true },
      who: { name: 'Alice', attributes: { seat: '4' } },
    });
    const rtc = new RtcRoom();
    const grants = { canUpdateOwnMetadata: true };
    await rtc.connect(live.server.url, await live.token('bob', { grants }), {
      autoSubscribe: true,
      dynacast: false,
    });
    const bob = Room.from(rtc);
    expect(bob).toMatchObject({ name: live.roomName, metadata: '', recording: false });
    expect(await bob.sid()).toBe(await alice.sid());
    const seen = await bob.waitForParticipant('alice');
    expect(seen).toMatchObject({ name: 'Alice', kind: 'standard' });
    expect(seen.attributes).toEqual({ seat: '4' });

    const told = [
      nextEvent(bob, 'participantAttributesChanged'),
      nextEvent(bob, 'participantPermissionsChanged'),
      nextEvent(bob, 'roomMetadataChanged'),
    ];
    await alice.localParticipant.setAttributes({ seat: '5' });
    const permission = { canPublish: false, canSubscribe: true, canPublishData: true };
    await live.admin.updateParticipant(live.roomName, 'alice', { permission });
    await live.admin.updateRoomMetadata(live.roomName, 'new');
    expect(await Promise.all(told)).toEqual([
      [{ seat: '5' }, seen],
      [seen.permissions, seen],
      ['new'],
    ]);
    expect(seen.permissions).toMatchObject({ canPublish: false });
    await bob.localParticipant.setName('Bob');
    expect(rtc.localParticipant!.name).toBe('Bob');
    await bob.disconnect();
  });
});
