import { type Binding, binding } from './binding.js';
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
  /** Whether `AudioProcessingModule` works here. */
  readonly audioProcessing: boolean;
  /** Whether `AudioResampler` works here, and with it an `AudioMixer` of streams of other rates than its own. */
  readonly audioResampling: boolean;
  /**
   * Whether the binding knows of the platform's own microphone and speaker. Whether there are any, only
   * `PlatformAudio.open()` can tell.
   */
  readonly platformAudio: boolean;
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
  get audioProcessing() {
    return knows('NewApmRequest');
  },
  get audioResampling() {
    return knows('NewSoxResamplerRequest');
  },
  get platformAudio() {
    return knows('NewPlatformAudioRequest');
  },
});

/** Whether the binding has a request. */
function knows(request: keyof Binding & `New${string}`): boolean {
  return works(() => binding()[request].typeName);
}

/** Whether `attempt` succeeds. */
function works(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
