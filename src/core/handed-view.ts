// Views of memory that the SDK takes back from code of the user's, and how far such code got with them.
//
// Taking memory away from an asynchronous reader ends the process: zlib passes its input to native code
// again and again, which aborts once that is gone. All such readers of Node's make a view of their own
// first, and for that look at the `buffer` of the one they are given. So do programs that look at pixels
// as numbers of another size. Who hasn't done that has no view but those made here, which can be ended.

import { markAsUntransferable } from 'node:worker_threads';

/** Members that a view has before those that all views have. */
type Members = PropertyDescriptorMap & ThisType<Uint8Array>;

const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
// eslint-disable-next-line @typescript-eslint/unbound-method -- Called on views below.
const { subarray } = typedArrays;
// eslint-disable-next-line @typescript-eslint/unbound-method -- The same.
const buffer = Object.getOwnPropertyDescriptor(typedArrays, 'buffer')?.get as () => ArrayBufferLike;

/** Buffers that somebody has looked at. */
const taken = new WeakSet<ArrayBufferLike>();

const handedOut: Members = {
  buffer: {
    get() {
      const memory = bufferOf(this);
      if (memory.byteLength === 0) return empty();
      taken.add(memory);
      return memory;
    },
  },
  subarray: {
    value(begin?: number, end?: number) {
      return withMembers(subarray.call(this, begin, end), handedOutMembers);
    },
  },
};

/** What {@link lendOut} has made of buffers that somebody looked at. */
const copies = new WeakMap<ArrayBufferLike, ArrayBufferLike>();

const lentOut: Members = {
  buffer: {
    get() {
      const memory = bufferOf(this);
      let copy = copies.get(memory);
      if (copy) return copy;
      if (memory.byteLength === 0) return empty();
      copy = memory.slice(0);
      copies.set(memory, copy);
      // Whoever gives it away means the frame's memory.
      markAsUntransferable(copy);
      return copy;
    },
  },
  subarray: {
    value(begin?: number, end?: number) {
      return withMembers(subarray.call(this, begin, end), lentOutMembers);
    },
  },
};

// Between a view and what all views have. As members of each view's own they would take ten times as long to
// make, for every frame (measured).
const handedOutMembers = Object.create(Uint8Array.prototype, handedOut) as Uint8Array;
const lentOutMembers = Object.create(Uint8Array.prototype, lentOut) as Uint8Array;

function withMembers(view: Uint8Array, members: Uint8Array): Uint8Array {
  return Object.setPrototypeOf(view, members) as Uint8Array;
}

/** A view of all of `memory`, for any code, of which {@link wasTaken} knows how far it went. */
export function handOut(memory: ArrayBuffer): Uint8Array {
  return withMembers(new Uint8Array(memory), handedOutMembers);
}

/**
 * Whether there may be views of `memory` other than those of {@link handOut}, and with them readers whom
 * the end of the memory would crash. Then it must be left to the garbage collector.
 */
export function wasTaken(memory: ArrayBuffer): boolean {
  return taken.has(memory);
}

/**
 * A view of all of `memory` for code that is done with it when it returns. What it makes of the view's
 * `buffer` lasts longer, since that is a copy, made when first looked at.
 */
export function lendOut(memory: ArrayBuffer): Uint8Array {
  return withMembers(new Uint8Array(memory), lentOutMembers);
}

/**
 * What a dead view has: Node's own code throws where nobody can catch when it comes to the end of memory
 * that it was given to send later.
 */
function empty(): ArrayBuffer {
  return new ArrayBuffer(0);
}

/** The buffer of a view, without anybody getting to know of it. */
export function bufferOf(view: Uint8Array): ArrayBufferLike {
  return buffer.call(view);
}
