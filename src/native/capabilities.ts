import { binding } from './binding.js';
import { canDetachViews } from './memory.js';

/** Which paths this runtime has; see {@link capabilities}. */
export interface Capabilities {
  /**
   * Whether LiveKit's native binding runs here: a binary for the platform, in the version that
   * framewire was written against, on the main thread. Loads it when first asked.
   */
  readonly native: boolean;
  /**
   * Whether `frame.borrow()` reads a received frame where it lies. Where not, its reader gets a copy:
   * Node 20 can't take a view of native memory back.
   */
  readonly zeroCopyBorrow: boolean;
}

/**
 * What the runtime that this program runs on can do. What it can't is a slower path, or a
 * FramewireError `unsupported`, as each member says. Reading a member never throws.
 *
 * @example
 * ```ts
 * if (!capabilities.zeroCopyBorrow) console.warn('frames are copied: use Node 22 or later');
 * ```
 */
export const capabilities: Capabilities = Object.freeze({
  get native() {
    return works(binding);
  },
  get zeroCopyBorrow() {
    return canDetachViews;
  },
});

/** Whether `attempt` succeeds. */
function works(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
