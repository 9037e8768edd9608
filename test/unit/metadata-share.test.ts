import type { TrackHandle } from 'framewire';
import type { NativeVideoFrame } from '../../src/native/media-events.js';
import { MetadataShare, type SharingStream } from '../../src/video/metadata-share.js';

function frameOf(timestampUs: number, metadata: Partial<NativeVideoFrame> = {}): NativeVideoFrame {
  return {
    ...{ handle: 1, type: 0, width: 64, height: 48, pointer: 0, stride: 64, planes: [] },
    ...{ timestampUs, rotation: 0, captureTimeUs: undefined, frameId: undefined },
    userData: undefined,
    ...metadata,
  };
}

/** A stream of a track, with what it got: time stamp and frame id. */
class Reader {
  readonly got: string[] = [];
  readonly frames: NativeVideoFrame[] = [];
  readonly sharing: SharingStream;

  constructor(share: MetadataShare) {
    this.sharing = share.join((frame) => {
      this.frames.push(frame);
      this.got.push(`${frame.timestampUs}:${frame.frameId}`);
    });
  }

  /** Frames come, with the metadata that LiveKit gives the oldest stream, or without. */
  hears(...frames: readonly (number | [timestampUs: number, frameId: number])[]): void {
    for (const frame of frames) {
      if (typeof frame === 'number') this.sharing.arrived(frameOf(frame));
      else this.sharing.arrived(frameOf(frame[0], { frameId: frame[1] }));
    }
  }
}

function readers(count: number): Reader[] {
  const share = new MetadataShare();
  return Array.from({ length: count }, () => new Reader(share));
}

describe('MetadataShare', () => {
  it('is one for each track', () => {
    const [one, other] = [{}, {}] as unknown as [TrackHandle, TrackHandle];
    expect(MetadataShare.of(one)).toBe(MetadataShare.of(one));
    expect(MetadataShare.of(one)).not.toBe(MetadataShare.of(other));
  });

  it('lets the frames of a single stream pass as they are', () => {
    const [only] = readers(1) as [Reader];
    only.hears([10, 0], [20, 1], 30, 5);
    expect(only.got).toEqual(['10:0', '20:1', '30:undefined', '5:undefined']);
  });

  it('gives all streams what the oldest one gets, whoever hears first', () => {
    const [oldest, second, third] = readers(3) as [Reader, Reader, Reader];
    second.hears(10);
    expect(second.got).toEqual([]);
    oldest.hears([10, 0]);
    third.hears(10);
    oldest.hears([20, 1]);
    third.hears(20, 30);
    second.hears(20, 30);
    oldest.hears([30, 2]);
    for (const reader of [oldest, second, third]) {
      expect(reader.got).toEqual(['10:0', '20:1', '30:2']);
    }
  });

  it('gives each stream bytes of its own', () => {
    const [oldest, second] = readers(2) as [Reader, Reader];
    oldest.sharing.arrived(frameOf(10, { frameId: 0, userData: Uint8Array.of(1, 2, 3) }));
    structuredClone(0, { transfer: [oldest.frames[0]!.userData!.buffer as ArrayBuffer] });
    second.hears(10);
    expect([...second.frames[0]!.userData!]).toEqual([1, 2, 3]);
  });

  it('does not have anybody wait for a publisher that sends none', () => {
    const [oldest, second] = readers(2) as [Reader, Reader];
    oldest.hears(10);
    second.hears(10, 20, 30);
    expect(second.got).toEqual(['10:undefined', '20:undefined', '30:undefined']);
  });

  it('holds back a few frames only', () => {
    const [oldest, second] = readers(2) as [Reader, Reader];
    oldest.hears([10, 0]);
    second.hears(20, 30, 40, 50);
    expect(second.got).toEqual([]);
    second.hears(60);
    expect(second.got).toEqual(['20:undefined']);
    oldest.hears([30, 1], [60, 4]);
    expect(second.got).toEqual(['20:undefined', '30:1', '40:undefined', '50:undefined', '60:4']);
  });

  it('lets everything go when the oldest stream leaves, after which the next one gets it', () => {
    const [oldest, second, third] = readers(3) as [Reader, Reader, Reader];
    oldest.hears([10, 0]);
    second.hears(20);
    third.hears(20);
    oldest.sharing.leave();
    oldest.sharing.leave();
    expect([second.got, third.got]).toEqual([['20:undefined'], ['20:undefined']]);
    third.hears(30);
    second.hears([30, 2]);
    expect(third.got).toEqual(['20:undefined', '30:2']);
  });

  it('gives a stream that leaves what waits for it', () => {
    const [oldest, second] = readers(2) as [Reader, Reader];
    oldest.hears([10, 0]);
    second.hears(20);
    second.sharing.leave();
    expect(second.got).toEqual(['20:undefined']);
    oldest.hears([20, 1]);
    expect(second.got).toHaveLength(1);
  });

  it('goes on over time stamps that begin anew', () => {
    const [oldest, second] = readers(2) as [Reader, Reader];
    oldest.hears([1000, 0]);
    second.hears(2000);
    oldest.hears([10, 1]);
    second.hears(10, 20);
    oldest.hears([20, 2]);
    expect(second.got).toEqual(['2000:undefined', '10:1', '20:2']);
  });

  it('bears a stream that leaves as it gets a frame', () => {
    const share = new MetadataShare();
    const oldest = new Reader(share);
    const leaving: SharingStream = share.join(() => {
      leaving.leave();
    });
    const last = new Reader(share);
    oldest.hears([10, 0]);
    leaving.arrived(frameOf(20));
    last.hears(20);
    oldest.hears([20, 1]);
    expect(last.got).toEqual(['20:1']);
  });
});
