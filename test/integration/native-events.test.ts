// What no server at hand does, and the native side tells all the same: its word is made up here.

import {
  ConnectionQuality,
  ConnectionQualityChanged,
  FfiEvent,
  ParticipantActive,
  ParticipantNameChanged,
  type RoomEvent,
  RoomInfo,
  TrackSubscriptionFailed,
} from '@livekit/rtc-ffi-bindings';
import { Room as RtcRoom } from '@livekit/rtc-node';
import { configureLog, Room } from 'framewire';
import { liveRooms } from '../support/live-rooms.js';
import { nextEvent } from '../support/waits.js';

const live = liveRooms();

/** A room that we take part in, and how to have the native side say something of it. */
async function told(): Promise<{
  readonly rtc: RtcRoom;
  readonly room: Room;
  readonly tell: (message: RoomEvent['message']) => Promise<void>;
}> {
  // First, so that it's Framewire that starts the native side, and ends it.
  await live.join('bob');
  const rtc = new RtcRoom();
  await rtc.connect(live.server.url, await live.token('alice'), {
    autoSubscribe: true,
    dynacast: false,
  });
  const { ffiHandle, onFfiEvent } = rtc as unknown as {
    readonly ffiHandle: { readonly handle: bigint };
    readonly onFfiEvent: (event: FfiEvent) => Promise<void>;
  };
  const { handle: roomHandle } = ffiHandle;
  return {
    rtc,
    room: Room.from(rtc),
    tell: (message) =>
      onFfiEvent(new FfiEvent({ message: { case: 'roomEvent', value: { roomHandle, message } } })),
  };
}

describe('the native side', () => {
  it('tells that the server moved us, which LiveKit Cloud does', async () => {
    const { room, tell } = await told();
    const moved = nextEvent(room, 'moved');
    const value = new RoomInfo({ name: 'elsewhere', sid: 'RM_other', metadata: 'other' });
    await tell({ case: 'moved', value });
    expect(await moved).toEqual([]);
    expect(room).toMatchObject({ name: 'elsewhere', metadata: 'other' });
    expect(await room.sid()).toBe('RM_other');
    await room.disconnect();
  });

  it('tells that a track that we asked for does not come', async () => {
    const { room, tell } = await told();
    const bob = await room.waitForParticipant('bob');
    const failed = [
      nextEvent(room, 'trackSubscriptionFailed'),
      nextEvent(bob, 'trackSubscriptionFailed'),
    ];
    const value = new TrackSubscriptionFailed({
      participantIdentity: 'bob',
      trackSid: 'TR_none',
      error: 'no such track',
    });
    await tell({ case: 'trackSubscriptionFailed', value });
    expect(await Promise.all(failed)).toEqual([
      ['TR_none', bob, 'no such track'],
      ['TR_none', 'no such track'],
    ]);
    await room.disconnect();
  });

  it('tells of somebody whom we do not know, and nothing comes of it', async () => {
    const { room, tell } = await told();
    const events: string[] = [];
    for (const name of [
      'participantActive',
      'participantNameChanged',
      'connectionQualityChanged',
    ] as const) {
      room.on(name, () => events.push(name));
    }
    const participantIdentity = 'nobody';
    await tell({
      case: 'participantActive',
      value: new ParticipantActive({ participantIdentity }),
    });
    await tell({
      case: 'participantNameChanged',
      value: new ParticipantNameChanged({ participantIdentity, name: 'x' }),
    });
    await tell({
      case: 'connectionQualityChanged',
      value: new ConnectionQualityChanged({
        participantIdentity,
        quality: ConnectionQuality.QUALITY_GOOD,
      }),
    });
    expect(events).toEqual([]);
    expect(room.connected).toBe(true);
    await room.disconnect();
  });

  it('may be stuck, and the room is left all the same', async () => {
    const { rtc, room } = await told();
    const leave = rtc.disconnect.bind(rtc);
    rtc.disconnect = () => new Promise<void>(() => undefined);
    const warned: string[] = [];
    configureLog({ sink: (_level, message) => warned.push(message) });
    const left = nextEvent(room, 'disconnected');
    jest.useFakeTimers({ advanceTimers: true });
    try {
      const leaving = room.disconnect();
      jest.advanceTimersByTime(5000);
      await leaving;
    } finally {
      jest.useRealTimers();
      configureLog({ sink: (...line) => console.error(...line) });
    }
    expect(await left).toEqual(['client_initiated']);
    expect(warned.join()).toContain('stuck');
    await leave();
  });
});
