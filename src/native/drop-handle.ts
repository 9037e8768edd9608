import { createRequire } from 'node:module';
import type Koffi from 'koffi';
import { log } from '../core/log.js';
import { binding } from './binding.js';

const BINDINGS = '@livekit/rtc-ffi-bindings';

/** The native library's own function. `false`: it knows no such handle. */
type Drop = (handle: number) => boolean;

let dropFast: Drop | undefined;

/**
 * Drops a native handle. One that is gone already is no error.
 *
 * Every frame comes to this. The binding's way is an object for each handle, with a finalizer that the
 * garbage collector has to look after; the library's own function takes the number, in a third of the
 * time (measured).
 */
export function dropHandle(handle: number): void {
  dropFast ??= findDrop();
  if (dropFast(handle)) return;
  try {
    // One FfiHandle object for an id, made only here: collecting one whose id is gone throws
    // where nobody can catch.
    new (binding().FfiHandle)(BigInt(handle)).dispose();
  } catch (error) {
    log('debug', 'a native handle was gone already', { error });
  }
}

function findDrop(): Drop {
  try {
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { optionalDependencies } = require(`${BINDINGS}/package.json`) as {
      optionalDependencies: Readonly<Record<string, string>>;
    };
    const prefix = `${BINDINGS}-${process.platform}-${process.arch}`;
    const name = Object.keys(optionalDependencies).find((one) => one.startsWith(prefix)) ?? prefix;
    const path = createRequire(require.resolve(BINDINGS)).resolve(name);
    // Which opens what the binding has opened. Should that be another library, it knows no handle
    // of ours, and the binding's way is taken for each.
    const library = (require('koffi') as typeof Koffi).load(path);
    /* eslint-enable */
    return library.func('livekit_ffi_drop_handle', 'bool', ['uint64_t']) as Drop;
  } catch (error) {
    log('debug', 'handles are dropped by the binding', { error });
    return () => false;
  }
}
