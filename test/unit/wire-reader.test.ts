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

/** The slots after reading: field 2 into slot 1, 3 is a message with field 1 into slot 3, 4 are bytes, 5 repeats. */
function slotsOf(bytes: readonly number[]): (number | undefined)[] {
  const fields = {
    2: 1,
    3: { count: 2, fields: { 1: 3 } },
    4: 4,
    5: { count: 6, step: 2, fields: { 1: 7, 2: 8 } },
  };
  const wire = new WireReader({ count: 0, fields }, 13);
  wire.read(new Uint8Array(bytes));
  return [...wire.values].map((value) => (Number.isNaN(value) ? undefined : value));
}

describe('WireReader', () => {
  const none = undefined;

  it('passes over fields of every wire type that it is not asked for', () => {
    // Field 1 varint, 1 fixed 64, 1 bytes, 1 fixed 32, 200 varint, 2 varint.
    const others = [8, 200, 1, 9, 1, 2, 3, 4, 5, 6, 7, 8, 10, 2, 9, 9, 13, 1, 2, 3, 4];
    expect(slotsOf([...others, 192, 12, 7, 16, 42]).slice(0, 3)).toEqual([0, 42, 0]);
  });

  it('refuses wire types that do not exist', () => {
    expect(() => slotsOf([15, 0])).toThrow(new RangeError('Unknown protobuf wire type 7.'));
  });

  it('reads a message within the message, and goes on behind it', () => {
    expect(slotsOf([26, 2, 8, 7, 16, 9]).slice(0, 4)).toEqual([0, 9, 1, 7]);
  });

  it.each([
    ['a number', [26, 2, 8, 200, 16, 9]],
    ['bytes', [26, 2, 10, 5, 1, 2, 3]],
    ['a tag', [26, 1, 136, 1, 16, 9]],
    ['a fixed number', [26, 2, 9, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])('does not let %s of an inner message reach beyond it', (_, bytes) => {
    expect(() => slotsOf(bytes)).toThrow(new RangeError('A protobuf message ends early.'));
  });

  it('refuses a length that is negative', () => {
    const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    expect(() => slotsOf([26, ...minusOne, 8, 7])).toThrow(RangeError);
    expect(() => slotsOf([90, ...minusOne, 8, 7])).toThrow(RangeError);
  });

  it('says where bytes begin and end', () => {
    expect(slotsOf([34, 3, 1, 2, 3]).slice(4, 6)).toEqual([2, 5]);
  });

  it('gives messages that repeat slots of their own, and ignores those that have none', () => {
    const three = [42, 4, 8, 1, 16, 2, 42, 2, 16, 4, 42, 4, 8, 5, 16, 6];
    expect(slotsOf(three).slice(6)).toEqual([3, 1, 2, none, 4, 5, 6]);
    expect(slotsOf([...three, 42, 2, 8, 9]).slice(6)).toEqual([4, 1, 2, none, 4, 5, 6]);
  });

  it('forgets the message before', () => {
    const wire = new WireReader({ count: 0, fields: { 1: 1 } }, 2);
    wire.read(new Uint8Array([8, 200, 1]));
    expect(wire.values[1]).toBe(200);
    expect(() => wire.read(new Uint8Array([8, 200]))).toThrow(RangeError);
    wire.read(new Uint8Array([]));
    expect(wire.values[1]).toBeNaN();
  });
});
