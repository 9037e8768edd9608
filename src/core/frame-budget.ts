import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';
import { checkInteger, checkObject } from './check.js';
import { log } from './log.js';
import { limitIdleBytes, pooledBytesInUse, poolUsage } from './memory-pool.js';

/** What {@link configureMemory} takes. What is left out stays as it is. */
export interface MemoryOptions {
  /**
   * The most bytes that the program's frames may hold when one more is received: a frame that doesn't
   * fit is dropped, and counted in its stream's `stats.dropped.memory`. Default: 1 GiB, or a quarter of
   * what the process may use where that is less.
   *
   * What the program itself asks for (`frame.data`, `convert`, `VideoFrame.create`) counts, and is
   * given all the same: it shows as received frames that are dropped.
   */
  readonly maxBytes?: number;
  /** The most bytes of freed memory that are kept to be used again. Default: 64 MiB. */
  readonly maxIdleBytes?: number;
}

/** What video frames use; see {@link memoryUsage}. */
export interface MemoryUsage {
  /** In LiveKit's memory: received frames that wait in a queue or are open, and their conversions. */
  readonly nativeBytes: number;
  /** In the SDK's JavaScript memory: open frames that were made, converted, or read by `data`. */
  readonly pooledBytes: number;
  /** Freed, and kept to be used again. */
  readonly idleBytes: number;
  /** See {@link MemoryOptions.maxBytes}. */
  readonly maxBytes: number;
  /** See {@link MemoryOptions.maxIdleBytes}. */
  readonly maxIdleBytes: number;
}

const GIB = 2 ** 30;

let nativeBytes = 0;
let maxBytes: number | undefined;
let warned = false;

/**
 * Sets how much memory video frames may use, for the whole process and over all streams.
 *
 * @throws TypeError if an argument has the wrong type.
 * @throws RangeError if a value is not a whole number of bytes.
 *
 * @example
 * ```ts
 * configureMemory({ maxBytes: 256 * 2 ** 20 });
 * ```
 */
export function configureMemory(options: MemoryOptions): void {
  checkObject(options, 'options');
  const { maxBytes: most = limit(), maxIdleBytes = poolUsage().maxIdleBytes } = options;
  checkInteger(most, 'options.maxBytes', { min: 1 });
  checkInteger(maxIdleBytes, 'options.maxIdleBytes', { min: 0 });
  maxBytes = most;
  limitIdleBytes(maxIdleBytes);
  warned = false;
}

/** How much memory video frames use at the moment, in the whole process. */
export function memoryUsage(): MemoryUsage {
  const { usedBytes, idleBytes, maxIdleBytes } = poolUsage();
  return { nativeBytes, pooledBytes: usedBytes, idleBytes, maxBytes: limit(), maxIdleBytes };
}

/** Counts native memory that a frame holds, until {@link releaseNative}. */
export function holdNative(byteLength: number): void {
  nativeBytes += byteLength;
}

/** Takes {@link holdNative} back. */
export function releaseNative(byteLength: number): void {
  nativeBytes -= byteLength;
}

/** What all frames that may be held weigh at least: the garbage collector looks after some 64 MiB. */
const FULL_WEIGHT = 256 * 2 ** 20;

/**
 * What the garbage collector should be told that a frame of so many bytes weighs, or 0. It doesn't see
 * native memory, and a limit means nothing to it: it would let forgotten frames pile up until they hold all
 * there is, when no frame comes any more for which it might look.
 */
export function weightOf(byteLength: number): number {
  const held = heldBytes();
  if (held < limit() / 4 || held > limit()) return 0;
  return Math.ceil(byteLength * Math.max(1, FULL_WEIGHT / limit()));
}

/** Whether a received frame of so many bytes may stay. */
export function hasRoomFor(byteLength: number): boolean {
  if (heldBytes() + byteLength <= limit()) return true;
  makeCollectorLook();
  if (!warned) {
    warned = true;
    log('warn', 'received frames are dropped: the open ones hold as much memory as they may', {
      heldBytes: heldBytes(),
      maxBytes: limit(),
    });
  }
  return false;
}

/** So large that it's never touched, and so never there: `malloc` takes such from the system, filled with zeros. */
const BALLAST_BYTES = 40 * 2 ** 20;
const MOST_BALLAST = 16;
const LOOKS_APART_MS = 1000;

let ballast: ArrayBuffer[] = [];
let nextLookMs = 0;

// Is told of an object that nobody has: the collector has looked.
const looks = new FinalizationRegistry<undefined>(() => {
  ballast = [];
  nextLookMs = performance.now() + LOOKS_APART_MS;
});

/**
 * Has the garbage collector look for forgotten frames, at most once a second: where all that may be held is
 * held by such, no frame comes any more, and with them ends what would make it look.
 */
function makeCollectorLook(): void {
  if (performance.now() < nextLookMs || ballast.length === MOST_BALLAST) return;
  if (ballast.length === 0) looks.register({}, undefined);
  try {
    ballast.push(new ArrayBuffer(BALLAST_BYTES));
  } catch {
    // There is no memory for it, so it looks anyway.
  }
}

function heldBytes(): number {
  return nativeBytes + pooledBytesInUse();
}

function limit(): number {
  maxBytes ??= Math.min(GIB, Math.floor((constrainedMemory() || totalmem()) / 4));
  return maxBytes;
}
