// Views of memory that come from outside: their memory may be gone, and one of a subclass may say anything
// of it. What is asked here are the engine's own methods and getters.

type View = Uint8Array | Int16Array | Float32Array;

const { prototype: TYPED_ARRAY } = Object.getPrototypeOf(Uint8Array) as {
  readonly prototype: Uint8Array;
};

const SIZES = ['buffer', 'byteOffset', 'byteLength', 'length'];

/**
 * Whether the memory of a view is gone: transferred away, or made so small that the view lies outside of it.
 * Node 20 has no `ArrayBuffer.detached`.
 */
export function isDetached(view: View): boolean {
  try {
    // Every method of a view's refuses such a one, where its sizes are just 0.
    TYPED_ARRAY.keys.call(view);
    return false;
  } catch {
    return true;
  }
}

/** @throws TypeError if the memory of a view is gone. */
export function checkAttached(view: View, name: string): void {
  if (isDetached(view)) throw new TypeError(`${name} must not be detached, got detached memory.`);
}

/** The view itself if it's a plain one, else another of the same memory, which must be there. */
export function plainView<T extends View>(view: T): T {
  const Type = Reflect.get(globalThis, tagOf(view)) as new (
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ) => T;
  const plain =
    Object.getPrototypeOf(view) === Type.prototype &&
    !SIZES.some((property) => Object.hasOwn(view, property));
  if (plain) return view;
  const truly = (property: keyof View): unknown => Reflect.get(TYPED_ARRAY, property, view);
  return new Type(
    truly('buffer') as ArrayBufferLike,
    truly('byteOffset') as number,
    truly('length') as number,
  );
}

/** Such as `Uint8Array`. */
function tagOf(view: View): string {
  const tag: unknown = Reflect.get(TYPED_ARRAY, Symbol.toStringTag, view);
  return String(tag);
}
