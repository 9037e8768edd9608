import { AudioStreamEvent, FfiEvent, RoomEvent, VideoStreamEvent } from '@livekit/rtc-ffi-bindings';
import * as proto from '@livekit/rtc-ffi-bindings';
import fc from 'fast-check';
import { MediaEventReader, mediaEventOf } from '../../src/native/media-events.js';
import { WireReader } from '../../src/native/wire-reader.js';

const reader = new MediaEventReader(proto);

function videoEvent(received: object, stream: bigint = 9n): FfiEvent {
  return new FfiEvent({
    message: {
      case: 'videoStreamEvent',
      value: new VideoStreamEvent({
        streamHandle: stream,
        message: { case: 'frameReceived', value: received },
      }),
    },
  });
}

const HANDLE = { id: 2n ** 47n + 5n };
const PLANES = [
  { dataPtr: 0x7fff_1234_5678n, stride: 640, size: 640 * 360 },
  { dataPtr: 0x7fff_1234_5678n + 230_400n, stride: 320, size: 320 * 180 },
  { dataPtr: 0x7fff_1234_5678n + 288_000n, stride: 320, size: 320 * 180 },
];
const I420 = {
  handle: HANDLE,
  info: {
    type: 5,
    width: 640,
    height: 360,
    dataPtr: 0x7fff_1234_5678n,
    stride: 640,
    components: PLANES,
  },
};

function audioEvent(): FfiEvent {
  const frame = {
    handle: HANDLE,
    info: {
      dataPtr: 0x7fff_0000_0001n,
      numChannels: 2,
      sampleRate: 48_000,
      samplesPerChannel: 480,
    },
  };
  return new FfiEvent({
    message: {
      case: 'audioStreamEvent',
      value: new AudioStreamEvent({
        streamHandle: 300n,
        message: { case: 'frameReceived', value: { frame } },
      }),
    },
  });
}

describe('MediaEventReader', () => {
  it('reads a video frame with all that there is to say of it', () => {
    const metadata = {
      userTimestamp: 1_800_000_000_123_456n,
      frameId: 0xffff_ffff,
      userData: new Uint8Array([1, 2, 3]),
    };
    const event = videoEvent({ buffer: I420, timestampUs: 123_456_789n, rotation: 3, metadata });
    expect(reader.read(event.toBinary())).toEqual({
      kind: 'video',
      stream: 9,
      frame: {
        handle: 2 ** 47 + 5,
        type: 5,
        width: 640,
        height: 360,
        pointer: 0x7fff_1234_5678,
        stride: 640,
        planes: PLANES.map(({ dataPtr, stride, size }) => ({
          pointer: Number(dataPtr),
          stride,
          byteLength: size,
        })),
        timestampUs: 123_456_789,
        rotation: 3,
        captureTimeUs: 1_800_000_000_123_456,
        frameId: 0xffff_ffff,
        userData: new Uint8Array([1, 2, 3]),
      },
    });
  });

  it.each([
    ['a frame without metadata', videoEvent({ buffer: I420, timestampUs: 1n, rotation: 0 })],
    [
      'a frame with empty metadata',
      videoEvent({ buffer: I420, timestampUs: 1n, rotation: 0, metadata: {} }),
    ],
    [
      'a frame with id 0 and no user data',
      videoEvent({
        buffer: I420,
        timestampUs: 1n,
        rotation: 0,
        metadata: { frameId: 0, userData: new Uint8Array() },
      }),
    ],
    [
      'a packed frame',
      videoEvent({
        buffer: {
          handle: HANDLE,
          info: { type: 0, width: 8, height: 8, dataPtr: 64n, stride: 32 },
        },
        timestampUs: 0n,
        rotation: 1,
      }),
    ],
    ['a negative time stamp', videoEvent({ buffer: I420, timestampUs: -1n, rotation: 0 })],
    [
      'the end of a video stream',
      new FfiEvent({
        message: {
          case: 'videoStreamEvent',
          value: new VideoStreamEvent({ streamHandle: 4n, message: { case: 'eos', value: {} } }),
        },
      }),
    ],
    ['an audio frame', audioEvent()],
    [
      'the end of an audio stream',
      new FfiEvent({
        message: {
          case: 'audioStreamEvent',
          value: new AudioStreamEvent({ streamHandle: 4n, message: { case: 'eos', value: {} } }),
        },
      }),
    ],
  ])('reads of %s what a decoded message says', (_, event) => {
    const bytes = event.toBinary();
    const read = reader.read(bytes);
    expect(read).toBeDefined();
    expect(read).toEqual(mediaEventOf(FfiEvent.fromBinary(bytes)));
  });

  it('reads any time stamps and numbers as a decoded message has them', () => {
    const safe = fc.maxSafeInteger();
    const positive = fc.maxSafeNat();
    const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(
        safe,
        positive,
        positive,
        uint32,
        fc.uint8Array(),
        (at, taken, id, n, userData) => {
          const bytes = videoEvent(
            {
              buffer: { handle: { id: BigInt(id) }, info: { ...I420.info, width: n, stride: n } },
              timestampUs: BigInt(at),
              rotation: 2,
              metadata: { userTimestamp: BigInt(taken), frameId: n, userData },
            },
            BigInt(id),
          ).toBinary();
          expect(reader.read(bytes)).toEqual(mediaEventOf(FfiEvent.fromBinary(bytes)));
        },
      ),
    );
  });

  it('leaves every other event alone', () => {
    const other = new FfiEvent({
      message: { case: 'roomEvent', value: new RoomEvent({ roomHandle: 7n }) },
    });
    expect(reader.read(other.toBinary())).toBeUndefined();
    expect(mediaEventOf(other)).toBeUndefined();
    expect(reader.read(new Uint8Array())).toBeUndefined();
  });

  it('refuses every message that was cut off', () => {
    const metadata = { userTimestamp: 5n, frameId: 1, userData: new Uint8Array([1, 2, 3]) };
    for (const event of [
      videoEvent({ buffer: I420, timestampUs: -7n, rotation: 1, metadata }),
      audioEvent(),
    ]) {
      const bytes = event.toBinary();
      for (let length = 1; length < bytes.length; length++) {
        expect(() => reader.read(bytes.slice(0, length))).toThrow(
          new RangeError('A protobuf message ends early.'),
        );
      }
    }
  });

  it('ends with a result or a RangeError on bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        let failure: unknown;
        try {
          reader.read(bytes);
        } catch (error) {
          failure = error;
        }
        expect(failure === undefined || failure instanceof RangeError).toBe(true);
      }),
    );
  });
});

function readerOf(bytes: readonly number[]): WireReader {
  const wire = new WireReader();
  wire.start(new Uint8Array(bytes));
  return wire;
}

describe('WireReader', () => {
  it('passes over fields of every wire type that it is not asked for', () => {
    // Field 1 varint, 2 fixed 64, 3 bytes, 4 fixed 32, 5 varint.
    const bytes = [8, 200, 1, 17, 1, 2, 3, 4, 5, 6, 7, 8, 26, 2, 9, 9, 37, 1, 2, 3, 4, 40, 42];
    const wire = readerOf(bytes);
    for (const field of [1, 2, 3, 4]) {
      expect(wire.nextField()).toBe(true);
      expect(wire.field).toBe(field);
      wire.skip();
    }
    expect(wire.nextField()).toBe(true);
    expect(wire.uint()).toBe(42);
    expect(wire.nextField()).toBe(false);
  });

  it('refuses wire types that do not exist', () => {
    const wire = readerOf([15, 0]);
    expect(wire.nextField()).toBe(true);
    expect(() => wire.skip()).toThrow(RangeError);
  });

  it('does not let an inner message reach beyond the outer one', () => {
    // Field 1 of two bytes, whose own field 1 claims five; three more bytes follow outside.
    const wire = readerOf([10, 2, 10, 5, 1, 2, 3]);
    wire.nextField();
    wire.enter();
    wire.nextField();
    expect(() => wire.bytes()).toThrow(RangeError);
  });

  it('goes on behind an inner message', () => {
    // Field 1 is a message with one field, 2 a number.
    const wire = readerOf([10, 2, 8, 7, 16, 9]);
    wire.nextField();
    const outer = wire.enter();
    expect(wire.nextField()).toBe(true);
    expect(wire.uint()).toBe(7);
    expect(wire.nextField()).toBe(false);
    wire.leave(outer);
    expect(wire.nextField()).toBe(true);
    expect([wire.field, wire.uint()]).toEqual([2, 9]);
    expect(wire.nextField()).toBe(false);
  });

  it('reads a second message after one that was cut off', () => {
    const wire = readerOf([8, 200]);
    wire.nextField();
    expect(() => wire.uint()).toThrow(RangeError);
    wire.start(new Uint8Array([8, 200, 1]));
    wire.nextField();
    expect(wire.uint()).toBe(200);
  });
});
