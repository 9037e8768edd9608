import { configureLog, type Participant, PARTICIPANT_KINDS, type Room } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const RED = [200, 40, 40] as const;

const live = liveRooms();

/** Alice, and Bob, who came later and knows of her. */
async function pair(): Promise<readonly [alice: Room, bob: Room]> {
  const alice = await live.join('alice');
  const bob = await live.join('bob');
  await bob.waitForParticipant('alice');
  return [alice, bob];
}

describe('a participant', () => {
  it('joins, and can then send and receive', async () => {
    const before = Date.now();
    const alice = await live.join('alice');
    const seen: string[] = [];
    alice.on('participantConnected', ({ state }) => seen.push(`connected ${state}`));
    const active = nextEvent(alice, 'participantActive');
    const bob = await live.join('bob');
    await live.paint(bob, RED);
    const [participant] = await active;
    expect(participant).toBe(alice.remoteParticipants.get('bob'));
    expect(seen).toHaveLength(1);
    expect(participant.state).toBe('active');
    expect(Math.abs(participant.joinedAt!.getTime() - before)).toBeLessThan(60_000);
    expect(bob.localParticipant.joinedAt).toEqual(participant.joinedAt);
    await bob.disconnect();
    expect(bob.localParticipant.state).toBe('disconnected');
  });

  it('has what its token says', async () => {
    const who = {
      name: 'Zoë',
      metadata: '{"role":"guide"}',
      attributes: { seat: '4' },
      kind: 'agent' as const,
    };
    const grants = { canPublish: false, canPublishData: true, canSubscribe: true };
    const alice = await live.join('alice', { who, grants });
    const bob = await live.join('bob');
    const seen = await bob.waitForParticipant('alice');
    expect(['joined', 'active']).toContain(seen.state);
    expect(alice.localParticipant.state).toBe('active');
    for (const participant of [seen, alice.localParticipant]) {
      expect(participant).toMatchObject({
        identity: 'alice',
        name: 'Zoë',
        metadata: '{"role":"guide"}',
        kind: 'agent',
        kindDetails: [],
        speaking: false,
        encrypted: false,
        disconnectReason: undefined,
      });
      expect(participant.attributes).toEqual({ seat: '4' });
      expect(participant.permissions).toEqual({
        canSubscribe: true,
        canPublish: false,
        canPublishData: true,
        canPublishSources: [],
        hidden: false,
        canUpdateMetadata: false,
        canSubscribeMetrics: false,
        canManageAgentSession: false,
      });
      expect(participant.sid).toMatch(/^PA_/);
      expect(await participant.audioLevel()).toBeUndefined();
    }
  });

  it.each(PARTICIPANT_KINDS)('is of the kind that its token says: %s', async (kind) => {
    const alice = await live.join('alice', { who: { kind } });
    expect(alice.localParticipant.kind).toBe(kind);
  });

  it('is changed by an administrator, and everybody is told', async () => {
    const [alice, bob] = await pair();
    const me = alice.localParticipant;
    const seen = bob.remoteParticipants.get('alice')!;
    const told = [alice, bob].flatMap((room) => [
      nextEvent(room, 'participantNameChanged'),
      nextEvent(room, 'participantMetadataChanged'),
      nextEvent(room, 'participantAttributesChanged'),
    ]);
    await live.admin.updateParticipant(live.roomName, 'alice', {
      name: 'Alice',
      metadata: 'by an administrator',
      attributes: { seat: '4' },
    });
    expect(await Promise.all(told)).toEqual([
      ['Alice', me],
      ['by an administrator', me],
      [{ seat: '4' }, me],
      ['Alice', seen],
      ['by an administrator', seen],
      [{ seat: '4' }, seen],
    ]);
    expect(seen.attributes).toEqual({ seat: '4' });
  });

  it('may do more or less from the moment that everybody is told', async () => {
    const [alice, bob] = await pair();
    const { track } = await live.paint(alice, RED);
    await bob.waitForTrack();
    const me = alice.localParticipant;
    const seen = bob.remoteParticipants.get('alice')!;
    const toMe = nextEvent(me, 'permissionsChanged');
    const told = [alice, bob].map((room) => nextEvent(room, 'participantPermissionsChanged'));
    let atOnce: unknown;
    alice.on('participantPermissionsChanged', () => (atOnce = me.permissions?.canPublish));
    const gone = nextEvent(bob, 'trackUnpublished');
    const taken = nextEvent(alice, 'localTrackUnpublished');
    const permission = { canPublish: false, canPublishData: true, canSubscribe: true };
    await live.admin.updateParticipant(live.roomName, 'alice', { permission });
    const [[mine, one], [theirs, another]] = (await Promise.all(told)) as unknown as [
      [unknown, Participant],
      [unknown, Participant],
    ];
    expect(atOnce).toBe(false);
    expect([one, another]).toEqual([me, seen]);
    expect(mine).toEqual(me.permissions);
    expect(theirs).toEqual(seen.permissions);
    expect(await toMe).toEqual([mine]);
    expect(seen.permissions).toMatchObject({ canPublish: false, canPublishData: true });
    await Promise.all([gone, taken]);
    expect(track.published).toBe(false);
    await expect(me.publishTrack(track)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is muted by an administrator', async () => {
    const [alice, bob] = await pair();
    const { track } = await live.paint(alice, RED);
    const { publication } = await bob.waitForTrack();
    const seen = bob.remoteParticipants.get('alice')!;
    const told = [
      nextEvent(bob, 'trackMuted'),
      nextEvent(seen, 'trackMuted'),
      nextEvent(alice, 'trackMuted'),
      nextEvent(alice.localParticipant, 'trackMuted'),
    ];
    await live.admin.mutePublishedTrack(live.roomName, 'alice', track.sid!, true);
    const mine = alice.localParticipant.trackPublications.get(track.sid!);
    expect(await Promise.all(told)).toEqual([
      [publication, seen],
      [publication],
      [mine, alice.localParticipant],
      [mine],
    ]);
    expect([publication.muted, track.muted]).toEqual([true, true]);
  });

  it('tells of its tracks itself', async () => {
    const [alice, bob] = await pair();
    const seen = bob.remoteParticipants.get('alice')!;
    const told: string[] = [];
    for (const name of [
      'trackPublished',
      'trackSubscribed',
      'trackUnsubscribed',
      'trackUnpublished',
    ] as const) {
      seen.on(name, () => told.push(`her ${name}`));
      bob.on(name, () => told.push(name));
      alice.localParticipant.on(name, () => told.push(`my ${name}`));
    }
    const { track } = await live.paint(alice, RED);
    await bob.waitForTrack();
    const gone = nextEvent(bob, 'trackUnpublished');
    await track.close();
    await gone;
    expect(told.filter((one) => one.startsWith('my'))).toEqual([
      'my trackPublished',
      'my trackUnpublished',
    ]);
    expect(told.filter((one) => !one.startsWith('my'))).toEqual([
      'her trackPublished',
      'trackPublished',
      'her trackSubscribed',
      'trackSubscribed',
      'her trackUnsubscribed',
      'trackUnsubscribed',
      'her trackUnpublished',
      'trackUnpublished',
    ]);
  });

  it('speaks, as loudly as it does, until it ceases', async () => {
    const [alice, bob] = await pair();
    const seen = bob.remoteParticipants.get('alice')!;
    const speaks = [
      nextEvent(bob, 'activeSpeakersChanged', (speakers) => speakers.includes(seen)),
      nextEvent(seen, 'speakingChanged'),
      nextEvent(alice.localParticipant, 'speakingChanged'),
    ];
    const { source, track } = await live.sing(alice, 440);
    expect(await Promise.all(speaks)).toEqual([[[seen]], [true], [true]]);
    expect([seen.speaking, alice.localParticipant.speaking]).toEqual([true, true]);
    expect(bob.activeSpeakers).toEqual([seen]);
    expect(bob.localParticipant.speaking).toBe(false);
    for (const participant of [seen, alice.localParticipant]) {
      const level = await participant.audioLevel();
      expect(level).toBeGreaterThan(0.05);
      expect(level).toBeLessThanOrEqual(1);
    }
    const quiet = nextEvent(seen, 'speakingChanged');
    const nobody = nextEvent(bob, 'activeSpeakersChanged', (speakers) => speakers.length === 0);
    source.close();
    expect(await quiet).toEqual([false]);
    await nobody;
    expect([seen.speaking, bob.activeSpeakers]).toEqual([false, []]);
    expect(track.ended).toBe(true);
  });

  it('is encrypted end to end, or not', async () => {
    const encryption = { sharedKey: 'correct horse' };
    const alice = await live.join('alice', { encryption });
    const bob = await live.join('bob', { encryption });
    const told = nextEvent(
      bob,
      'participantEncryptionStatusChanged',
      (_, one) => one.identity === 'alice',
    );
    await live.paint(alice, RED);
    const [encrypted, seen] = await told;
    expect([encrypted, seen.encrypted]).toEqual([true, true]);
    expect(seen).toBe(bob.remoteParticipants.get('alice'));
  });
});

describe('leaving', () => {
  it('by an administrator says so on both sides', async () => {
    const [alice, bob] = await pair();
    const left = nextEvent(bob, 'disconnected');
    await live.paint(bob, RED);
    const seen = await alice.waitForParticipant('bob');
    const gone = nextEvent(alice, 'participantDisconnected');
    await live.admin.removeParticipant(live.roomName, 'bob');
    expect(await left).toEqual(['participant_removed']);
    expect(bob.localParticipant).toMatchObject({
      disconnectReason: 'participant_removed',
      state: 'disconnected',
      left: true,
    });
    expect(await gone).toEqual([seen]);
    expect(seen).toMatchObject({ disconnectReason: 'participant_removed', state: 'disconnected' });
  });

  it('by somebody of the same identity says so', async () => {
    const first = await live.join('alice');
    const left = nextEvent(first, 'disconnected');
    await live.join('alice');
    expect(await left).toEqual(['duplicate_identity']);
    expect(first.localParticipant.disconnectReason).toBe('duplicate_identity');
  });

  it('of the room says so, and the others never left', async () => {
    const [alice, bob] = await pair();
    const seen = bob.remoteParticipants.get('alice')!;
    const left = [nextEvent(alice, 'disconnected'), nextEvent(bob, 'disconnected')];
    await live.admin.deleteRoom(live.roomName);
    expect(await Promise.all(left)).toEqual([['room_deleted'], ['room_deleted']]);
    expect(alice.localParticipant.disconnectReason).toBe('room_deleted');
    expect(seen).toMatchObject({ left: true, state: 'disconnected', disconnectReason: undefined });
  });
});

describe('a hidden participant', () => {
  it('sees the others, who do not see it', async () => {
    const alice = await live.join('alice');
    const joined: string[] = [];
    alice.on('participantConnected', ({ identity }) => joined.push(identity));
    const spy = await live.join('spy', { grants: { hidden: true } });
    expect((await spy.waitForParticipant('alice')).identity).toBe('alice');
    expect(spy.localParticipant.permissions!.hidden).toBe(true);
    const bob = await live.join('bob');
    await live.paint(bob, RED);
    await alice.waitForParticipant('bob');
    expect(joined).toEqual(['bob']);
    expect([...bob.remoteParticipants.keys()]).toEqual(['alice']);
  });
});

describe('a fresh token', () => {
  it('is told of, and neither shown nor logged', async () => {
    const lines: string[] = [];
    configureLog({ level: 'debug', sink: (...line) => lines.push(JSON.stringify(line)) });
    try {
      const alice = live.room();
      const told = nextEvent(alice, 'tokenRefreshed');
      await alice.connect(live.server.url, await live.token('alice'));
      expect(await told).toEqual([]);
      const again = nextEvent(alice, 'tokenRefreshed');
      await live.admin.updateParticipant(live.roomName, 'alice', { metadata: 'new' });
      expect(await again).toEqual([]);
    } finally {
      configureLog({ level: 'warn', sink: (...line) => console.error(...line) });
    }
    expect(lines.join('\n')).not.toMatch(/eyJ/);
  });
});
