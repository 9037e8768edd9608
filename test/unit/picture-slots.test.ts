import { PictureSlots } from '../../src/capture/picture-slots.js';

/** The two ends of memory for pictures of 4 bytes. */
function ends(): { readonly writer: PictureSlots; readonly reader: PictureSlots } {
  const writer = new PictureSlots(4);
  return { writer, reader: new PictureSlots(4, writer.memory) };
}

function write(writer: PictureSlots, n: number): boolean {
  const slot = writer.take();
  slot.bytes().fill(n);
  return writer.publish(slot, n * 10, n * 100);
}

describe('the slots that two threads share', () => {
  it('hand a picture over with its times', () => {
    const { writer, reader } = ends();
    expect(reader.fetch()).toBeUndefined();
    expect(write(writer, 7)).toBe(true);
    const picture = reader.fetch();
    expect(picture).toMatchObject({ timeUs: 70, arrivedUs: 700 });
    expect([...picture!.bytes]).toEqual([7, 7, 7, 7]);
    expect(reader.fetch()).toBeUndefined();
  });

  it('only ever have the newest, and count the others', () => {
    const { writer, reader } = ends();
    const told = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => write(writer, n));
    // Once: the reader hasn't answered yet.
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(reader.fetch()?.bytes[0]).toBe(9);
    expect(reader.fetchDropped()).toBe(8);
    expect(reader.fetchDropped()).toBe(0);
    expect(write(writer, 10)).toBe(true);
  });

  it('leave a picture alone until the reader gives it back', () => {
    const { writer, reader } = ends();
    write(writer, 1);
    const held = reader.fetch()!;
    for (let n = 2; n < 20; n++) write(writer, n);
    expect([...held.bytes]).toEqual([1, 1, 1, 1]);
    held.giveBack();
    expect(reader.fetch()?.bytes[0]).toBe(19);
  });

  it('always have a place to write to', () => {
    const { writer, reader } = ends();
    const taken = Array.from({ length: 20 }, () => writer.take());
    const places = new Set(taken.map(({ index }) => index));
    expect(places).toContain(undefined);
    // What is written to no place is dropped.
    expect(writer.publish(taken.at(-1)!, 0, 0)).toBe(false);
    expect(reader.fetch()).toBeUndefined();
    expect(reader.fetchDropped()).toBe(1);
    for (const slot of taken) writer.putBack(slot);
    expect(write(writer, 3)).toBe(true);
  });
});
