import { createCanvas, loadImage } from '@napi-rs/canvas';
import { FramewireError, PIXEL_FORMATS, VideoFrame } from 'framewire';
import { colorDistance, meanColor, solidFrame, whenIdle } from 'framewire/testing';

afterAll(() => whenIdle());

const COLOR = [200, 60, 30] as const;

/** A picture that differs in every direction, opaque. */
function gradient(width: number, height: number): VideoFrame {
  const frame = VideoFrame.create({ width, height, format: 'RGBA', timestampUs: 9 });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const blue = 255 - (255 * (x + y)) / (width + height);
      frame.data.set([(255 * x) / width, (255 * y) / height, blue, 255], (y * width + x) * 4);
    }
  }
  return frame;
}

/** What another program would see of an image. */
async function decoded(
  image: Uint8Array,
): Promise<{ width: number; height: number; data: number[] }> {
  const { width, height, ...rest } = await loadImage(Buffer.from(image)).then((loaded) => {
    const canvas = createCanvas(loaded.width, loaded.height);
    canvas.getContext('2d').drawImage(loaded, 0, 0);
    return { width: loaded.width, height: loaded.height, canvas };
  });
  const { data } = rest.canvas.getContext('2d').getImageData(0, 0, width, height);
  return { width, height, data: [...data] };
}

function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let worst = one.length === other.length ? 0 : Infinity;
  for (let i = 0; i < one.length; i++) worst = Math.max(worst, Math.abs(one[i]! - other[i]!));
  return worst;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('no error'),
    (reason: unknown) => reason,
  );
  if (error instanceof FramewireError) return error.code;
  throw error instanceof Error ? error : new Error(String(error));
}

describe('VideoFrame.toImage', () => {
  it.each([
    [1, 1],
    [17, 9],
    [64, 48],
    [1, 33],
  ])('keeps every pixel of %dx%d in a PNG', async (width, height) => {
    using frame = gradient(width, height);
    const image = await decoded(await frame.toImage('png'));
    expect(image).toEqual({ width, height, data: [...frame.data] });
  });

  it.each(['jpeg', 'webp'] as const)(
    'is close to the picture as %s, and closer with more quality',
    async (type) => {
      using frame = gradient(64, 48);
      const [poor, rich] = await Promise.all(
        [5, 95].map((quality) => frame.toImage(type, { quality })),
      );
      expect(poor!.length).toBeLessThan(rich!.length);
      const image = await decoded(rich!);
      expect([image.width, image.height]).toEqual([64, 48]);
      expect(largestDifference(image.data, frame.data)).toBeLessThanOrEqual(16);
    },
  );

  it.each(PIXEL_FORMATS)('shows the colour of a frame in %s', async (format) => {
    using frame = solidFrame(COLOR, { width: 15, height: 7, format });
    for (const type of ['png', 'jpeg'] as const) {
      using back = await VideoFrame.fromImage(await frame.toImage(type));
      expect(colorDistance(meanColor(back), COLOR)).toBeLessThanOrEqual(6);
    }
  });

  it('keeps alpha in a PNG, and shows black for what is transparent in a JPEG', async () => {
    const pixels = Uint8Array.from([
      200, 100, 50, 255, 200, 100, 50, 128, 10, 20, 30, 0, 0, 0, 0, 3,
    ]);
    using frame = new VideoFrame(pixels, { width: 2, height: 2, format: 'RGBA' });
    const { data } = await decoded(await frame.toImage('png'));
    expect(data.filter((_, i) => i % 4 === 3)).toEqual([255, 128, 0, 3]);
    // The library multiplies colours by alpha, which leaves them a bit less exact.
    expect(largestDifference(data.slice(0, 8), pixels.subarray(0, 8))).toBeLessThanOrEqual(2);
    using clear = VideoFrame.create({ width: 16, height: 16, format: 'RGBA' });
    const black = await decoded(await clear.toImage('jpeg'));
    expect(black.data.slice(0, 4)).toEqual([0, 0, 0, 255]);
  });

  it('is upright', async () => {
    const pixels = new Uint8Array([255, 0, 0, 0, 255, 0]);
    using frame = new VideoFrame(pixels, { width: 2, height: 1, format: 'RGB24', rotation: 90 });
    const image = await decoded(await frame.toImage('png'));
    expect(image).toEqual({ width: 1, height: 2, data: [255, 0, 0, 255, 0, 255, 0, 255] });
  });

  it('has read the frame before the first await: it may be closed at once', async () => {
    const frame = gradient(32, 16);
    const wanted = [...frame.data];
    using native = frame.convert('I420');
    const images = [frame.toImage('png'), native.toImage('png')];
    frame.close();
    native.close();
    const [exact, near] = await Promise.all(images);
    expect((await decoded(exact!)).data).toEqual(wanted);
    // Chroma of four pixels is one.
    expect((await decoded(near!)).width).toBe(32);
    expect(await codeOf(frame.toImage('png'))).toBe('closed');
  });

  it('refuses types and qualities that there are not, and ends with its signal', async () => {
    using frame = gradient(4, 4);
    await expect(frame.toImage('tiff' as 'png')).rejects.toThrow(
      new RangeError("type must be one of 'png', 'jpeg', 'webp', got 'tiff'."),
    );
    await expect(frame.toImage('jpeg', { quality: 0.8 })).rejects.toThrow(RangeError);
    await expect(frame.toImage('jpeg', { quality: 101 })).rejects.toThrow(RangeError);
    await expect(frame.toImage('jpeg', { quality: '9' as unknown as number })).rejects.toThrow(
      TypeError,
    );
    const reason = new Error('enough');
    await expect(frame.toImage('png', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const image = frame.toImage('png', { signal: controller.signal });
    controller.abort(reason);
    await expect(image).rejects.toBe(reason);
  });
});

describe('VideoFrame.fromImage', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('gives back what became a %s', async (type) => {
    using frame = gradient(33, 21);
    const image = await frame.toImage(type, { quality: 100 });
    const options = { timestampUs: 5, rotation: 180, metadata: { frameId: 2 } } as const;
    using back = await VideoFrame.fromImage(image, options);
    expect(back).toMatchObject({ ...options, width: 33, height: 21, format: 'RGBA' });
    expect(largestDifference(back.data, frame.data)).toBeLessThanOrEqual(type === 'png' ? 0 : 12);
  });

  it('takes bytes in any memory, and any format', async () => {
    using frame = solidFrame(COLOR, { width: 8, height: 8, format: 'RGBA' });
    const image = await frame.toImage('png');
    const shared = new SharedArrayBuffer(image.length);
    new Uint8Array(shared).set(image);
    const offset = new Uint8Array(image.length + 3);
    offset.set(image, 3);
    for (const bytes of [
      new Uint8Array(image),
      shared,
      offset.subarray(3),
      new DataView(offset.buffer, 3),
    ]) {
      using back = await VideoFrame.fromImage(bytes, { format: 'I420' });
      expect(back.format).toBe('I420');
      expect(colorDistance(meanColor(back), COLOR)).toBeLessThanOrEqual(4);
    }
  });

  it('is not disturbed by a caller who goes on to use the bytes', async () => {
    using frame = gradient(16, 16);
    const image = new Uint8Array(await frame.toImage('png'));
    const back = VideoFrame.fromImage(image);
    image.fill(0);
    structuredClone(image.buffer, { transfer: [image.buffer] });
    using done = await back;
    expect(done.data).toEqual(frame.data);
  });

  it('decodes GIF and BMP', async () => {
    const canvas = createCanvas(4, 2);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(255, 0, 0)';
    context.fillRect(0, 0, 4, 2);
    using gif = await VideoFrame.fromImage(await canvas.encode('gif'));
    expect([gif.width, gif.height, ...gif.data.subarray(0, 4)]).toEqual([4, 2, 255, 0, 0, 255]);
    // 2x1 in 24 bits, whose rows fill up to 8 bytes: blue, then green.
    const bmp = Buffer.alloc(62);
    bmp.write('BM');
    for (const [at, value] of [[2, 62], [10, 54], [14, 40], [18, 2], [22, 1], [34, 8]] as const) bmp.writeUInt32LE(value, at); // prettier-ignore
    bmp.writeUInt16LE(1, 26);
    bmp.writeUInt16LE(24, 28);
    bmp.set([255, 0, 0, 0, 255, 0], 54);
    using pixels = await VideoFrame.fromImage(bmp);
    expect([...pixels.data]).toEqual([0, 0, 255, 255, 0, 255, 0, 255]);
  });

  it("turns a JPEG as its camera's EXIF data say", async () => {
    using frame = gradient(32, 16);
    const image = await frame.toImage('jpeg');
    // Orientation 6: to be turned by 90 degrees.
    const tiff =
      '49492a0008000000' + '0100' + '1201' + '0300' + '01000000' + '06000000' + '00000000';
    const exif = Buffer.concat([Buffer.from('Exif\0\0'), Buffer.from(tiff, 'hex')]);
    const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2]);
    using turned = await VideoFrame.fromImage(Buffer.concat([head, exif, image.subarray(2)]));
    using wanted = frame.rotate(90);
    expect([turned.width, turned.height]).toEqual([16, 32]);
    expect(largestDifference(turned.data, wanted.data)).toBeLessThanOrEqual(40);
  });

  it('refuses what are no bytes', async () => {
    await expect(VideoFrame.fromImage('a.png' as never)).rejects.toThrow(
      new TypeError("bytes must be bytes in a typed array or buffer, got 'a.png'."),
    );
  });

  it('refuses what is no image', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>';
    for (const bytes of ['', 'hello', svg, '\0'.repeat(100), 'RIF']) {
      expect(await codeOf(VideoFrame.fromImage(Buffer.from(bytes)))).toBe('unsupported');
    }
  });

  it.each(['png', 'jpeg', 'webp'] as const)(
    'refuses a %s that was cut off anywhere',
    async (type) => {
      using frame = gradient(40, 30);
      const image = await frame.toImage(type);
      for (let length = 12; length < image.length - 8; length += 37) {
        expect(await codeOf(VideoFrame.fromImage(image.subarray(0, length)))).toBe('incomplete');
      }
    },
  );

  it('refuses a header without an end, or with nothing behind it', async () => {
    const heads = [
      '89504e470d0a1a0a',
      'ffd8ff',
      'ffd8ffffffffffff',
      'ffd8ffe00000',
      'ffd8ffe0ffff',
      '474946383961',
      '424d',
      '424d000000000000000036000000280000000000000000000000',
    ];
    for (const head of heads) {
      expect(await codeOf(VideoFrame.fromImage(Buffer.from(head, 'hex')))).toBe('incomplete');
    }
    const png = Buffer.from(
      '89504e470d0a1a0a0000000d494844520000000100000001080600000000000000ffffffff4944415400',
      'hex',
    );
    expect(await codeOf(VideoFrame.fromImage(png))).toBe('incomplete');
  });

  it('refuses what is larger than allowed before it decodes it', async () => {
    using frame = gradient(9, 5);
    const image = await frame.toImage('png');
    const bomb = Buffer.from(image);
    bomb.writeUInt32BE(8193, 16);
    const error = await VideoFrame.fromImage(bomb).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'too-large',
      message: 'The png image is 8193x5; 8192x8192 is allowed.',
    });
    bomb.writeUInt32BE(0xffffffff, 20);
    expect(await codeOf(VideoFrame.fromImage(bomb))).toBe('too-large');
    expect(await codeOf(VideoFrame.fromImage(image, { maxWidth: 8 }))).toBe('too-large');
    expect(await codeOf(VideoFrame.fromImage(image, { maxHeight: 4 }))).toBe('too-large');
    using fitting = await VideoFrame.fromImage(image, { maxWidth: 9, maxHeight: 5 });
    expect(fitting.width).toBe(9);
  });

  it('refuses wrong arguments, and ends with its signal', async () => {
    using frame = gradient(4, 4);
    const image = await frame.toImage('png');
    for (const bytes of [undefined, null, 'png', 5, [1, 2]]) {
      await expect(VideoFrame.fromImage(bytes as never)).rejects.toThrow(TypeError);
    }
    await expect(VideoFrame.fromImage(image, { maxWidth: 0 })).rejects.toThrow(RangeError);
    await expect(VideoFrame.fromImage(image, { format: 'RGB' as 'RGBA' })).rejects.toThrow(
      RangeError,
    );
    await expect(VideoFrame.fromImage(image, { timestampUs: -1 })).rejects.toThrow(RangeError);
    await expect(VideoFrame.fromImage(image, 3 as never)).rejects.toThrow(TypeError);
    const reason = new Error('enough');
    await expect(VideoFrame.fromImage(image, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const back = VideoFrame.fromImage(image, { signal: controller.signal });
    controller.abort(reason);
    await expect(back).rejects.toBe(reason);
  });
});

describe('A canvas', () => {
  it('becomes a frame with what is on it', () => {
    const canvas = createCanvas(5, 3);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(10, 20, 30)';
    context.fillRect(0, 0, 5, 3);
    context.fillStyle = 'rgb(200, 100, 50)';
    context.fillRect(4, 2, 1, 1);
    using frame = VideoFrame.fromCanvas(canvas, { timestampUs: 7, rotation: 90 });
    expect(frame).toMatchObject({
      width: 5,
      height: 3,
      format: 'RGBA',
      timestampUs: 7,
      rotation: 90,
    });
    expect([...frame.data.subarray(0, 4)]).toEqual([10, 20, 30, 255]);
    expect([...frame.data.subarray(56)]).toEqual([200, 100, 50, 255]);
    context.clearRect(0, 0, 5, 3);
    expect(frame.data[0]).toBe(10);
    using i420 = VideoFrame.fromCanvas(canvas, { format: 'I420' });
    expect(i420.format).toBe('I420');
  });

  it('has colours that are not multiplied by alpha', () => {
    const canvas = createCanvas(1, 1);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgba(200, 100, 50, 0.5)';
    context.fillRect(0, 0, 1, 1);
    using frame = VideoFrame.fromCanvas(canvas);
    expect(largestDifference(frame.data, [200, 100, 50, 128])).toBeLessThanOrEqual(1);
  });

  it('is made of a frame, upright', () => {
    using frame = gradient(17, 9);
    const canvas = frame.toCanvas();
    const { data } = canvas.getContext('2d').getImageData(0, 0, 17, 9);
    expect([...data]).toEqual([...frame.data]);
    using lying = new VideoFrame(frame.data, {
      width: 17,
      height: 9,
      format: 'RGBA',
      rotation: 270,
    });
    using upright = lying.upright();
    using back = VideoFrame.fromCanvas(lying.toCanvas());
    expect(back.data).toEqual(upright.data);
  });

  it('is drawn on, where and as large as asked for', () => {
    const canvas = createCanvas(8, 6);
    const context = canvas.getContext('2d');
    using frame = solidFrame(COLOR, { width: 2, height: 2, format: 'I420' });
    frame.drawTo(context, { x: 1, y: 1, width: 4, height: 3 });
    using drawn = VideoFrame.fromCanvas(canvas);
    const alpha = Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 8 }, (__, x) => drawn.data[4 * (8 * y + x) + 3]! / 255),
    );
    const [blank, line] = [Array(8).fill(0), [0, 1, 1, 1, 1, 0, 0, 0]];
    expect(alpha).toEqual([blank, line, line, line, blank, blank]);
    using part = drawn.crop({ x: 1, y: 1, width: 4, height: 3 });
    expect(colorDistance(meanColor(part), COLOR)).toBeLessThanOrEqual(4);
    context.translate(6, 4);
    frame.drawTo(context);
    using moved = VideoFrame.fromCanvas(canvas);
    expect(moved.data.at(-1)).toBe(255);
  });

  it('must be one', () => {
    using frame = gradient(2, 2);
    for (const canvas of [undefined, null, 'canvas', {}, { width: 1, height: 1 }, frame]) {
      expect(() => VideoFrame.fromCanvas(canvas as never)).toThrow(TypeError);
      expect(() => frame.drawTo(canvas as never)).toThrow(TypeError);
    }
    const empty = { width: 0, height: 5, getContext: () => undefined };
    expect(() => VideoFrame.fromCanvas(empty as never)).toThrow(RangeError);
    const context = createCanvas(1, 1).getContext('2d');
    expect(() => frame.drawTo(context, { x: NaN })).toThrow(RangeError);
    expect(() => frame.drawTo(context, { width: '1' as unknown as number })).toThrow(TypeError);
    frame.close();
    expect(() => frame.drawTo(context)).toThrow(FramewireError);
    expect(() => frame.toCanvas()).toThrow(FramewireError);
  });
});
