import * as proto from '@livekit/rtc-ffi-bindings';
import fc from 'fast-check';
import { CaptureRequestWriter } from '../../src/native/capture-request.js';

const writer = new CaptureRequestWriter(proto);

const I420 = {
  type: 5,
  width: 640,
  height: 360,
  pointer: 0x7fff_1234_5678n,
  planes: [
    { offset: 0, stride: 640, height: 360 },
    { offset: 230_400, stride: 320, height: 180 },
    { offset: 288_000, stride: 320, height: 180 },
  ],
};

/** What LiveKit's own code reads of the request. */
function read(bytes: Uint8Array): proto.CaptureVideoFrameRequest {
  const { message } = proto.FfiRequest.fromBinary(bytes);
  if (message.case !== 'captureVideoFrame') throw new Error(`It's a ${message.case}.`);
  return message.value;
}

describe('CaptureRequestWriter', () => {
  it('says of planar pixels where each plane lies', () => {
    expect(read(writer.write(9, I420, { timestampUs: 123, rotation: 3 }))).toEqual(
      new proto.CaptureVideoFrameRequest({
        sourceHandle: 9n,
        buffer: {
          type: proto.VideoBufferType.I420,
          width: 640,
          height: 360,
          dataPtr: 0x7fff_1234_5678n,
          stride: 640,
          components: [
            { dataPtr: 0x7fff_1234_5678n, stride: 640, size: 640 * 360 },
            { dataPtr: 0x7fff_1234_5678n + 230_400n, stride: 320, size: 320 * 180 },
            { dataPtr: 0x7fff_1234_5678n + 288_000n, stride: 320, size: 320 * 180 },
          ],
        },
        timestampUs: 123n,
        rotation: proto.VideoRotation.VIDEO_ROTATION_270,
      }),
    );
  });

  it('says of packed pixels how long a row is', () => {
    const rgba = {
      type: 0,
      width: 8,
      height: 8,
      pointer: 64n,
      planes: [{ offset: 0, stride: 32, height: 8 }],
    };
    const { buffer, metadata } = read(writer.write(1, rgba, { timestampUs: 0, rotation: 0 }));
    expect(buffer?.stride).toBe(32);
    expect(buffer?.components).toEqual([]);
    expect(metadata).toBeUndefined();
  });

  it('writes any numbers and user data as they are read again', () => {
    const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const safe = fc.maxSafeNat();
    const pointers = fc.bigInt({ min: 1n, max: 2n ** 48n });
    fc.assert(
      fc.property(
        safe,
        pointers,
        safe,
        safe,
        uint32,
        fc.option(fc.uint8Array({ maxLength: 4000 }), { nil: undefined }),
        (source, pointer, timestampUs, captureTimeUs, frameId, userData) => {
          const metadata = { captureTimeUs, frameId, userData };
          const details = { timestampUs, rotation: 1, metadata };
          const request = read(writer.write(source, { ...I420, pointer }, details));
          expect(request.sourceHandle).toBe(BigInt(source));
          expect(request.timestampUs).toBe(BigInt(timestampUs));
          expect(request.buffer?.components[2]?.dataPtr).toBe(pointer + 288_000n);
          expect(request.metadata).toEqual(
            new proto.FrameMetadata({
              userTimestamp: BigInt(captureTimeUs),
              frameId,
              ...(userData && { userData }),
            }),
          );
        },
      ),
    );
  });

  it('refuses user data that the request could not say the length of', () => {
    const metadata = { captureTimeUs: 1, frameId: 1, userData: new Uint8Array(20_000) };
    expect(() => writer.write(1, I420, { timestampUs: 1, rotation: 0, metadata })).toThrow(
      RangeError,
    );
  });
});
