import { EventEmitter } from 'node:events';
import type { FfiEvent, FfiRequest, PartialMessage } from '@livekit/rtc-ffi-bindings';
import { FramewireError, messageOf } from '../core/errors.js';
import { log } from '../core/log.js';
import { binding } from './binding.js';
import { dropHandle } from './drop-handle.js';
import {
  type AnswerCase,
  answerNameOf,
  type CallCase,
  type EventValue,
  ownerOf,
  type RequestCase,
  type RequestMessage,
  type RequestValue,
  type ResponseValue,
  type RoutedCase,
} from './ffi-messages.js';
import { type MediaEvent, MediaEventReader, mediaEventOf } from './media-events.js';

/** The part of rtc-node's own client that is used when it was there first. */
interface ForeignClient {
  readonly [CLIENT_MARK]?: number;
  on(event: 'ffi_event', listener: (event: FfiEvent) => void): unknown;
  off(event: 'ffi_event', listener: (event: FfiEvent) => void): unknown;
}

/** Where rtc-node, and with it Framewire, looks for the client of the process. */
const globals = globalThis as { _ffiClientInstance?: ForeignClient };

type Settle = (value: unknown) => void;

/** Says to the native side who is speaking; LiveKit shows it as the client's SDK version. */
const SDK_VERSION = '1.1.0';

/** Closed streams remembered, for frames still under way; those come within a few milliseconds. */
const CLOSED_STREAMS_KEPT = 1024;

/**
 * Where a client says that it's one of Framewire's. A second copy of the package in the process uses the
 * first one's client, so that one alone starts the native side and shuts it down.
 */
const CLIENT_MARK: unique symbol = Symbol.for('framewire.ffi-client');

/** Copies with another number have a client that may do something else. */
const CLIENT_VERSION = 1;

/** How long nothing must have needed the native side before it's shut down. */
const LINGER_MS = 50;

/**
 * The one connection to the native side.
 *
 * It has the shape of rtc-node's own client and takes its place, so that both share one callback:
 * media events go by their stream's handle straight to the stream, all others are decoded once and
 * emitted for rtc-node.
 *
 * The native callback keeps the process alive. So it's started with the first that needs events (a
 * lease, or a listener of rtc-node's) and shut down when the last has gone; requests that are
 * answered at once, such as converting a frame, need neither.
 */
class FfiClient extends EventEmitter {
  readonly [CLIENT_MARK] = CLIENT_VERSION;
  readonly #reader: MediaEventReader;
  readonly #streams = new Map<number, (event: MediaEvent) => void>();
  // Streams of ours that were closed, of which events may still be under way.
  readonly #closedStreams = new Set<number>();
  readonly #routes = new Map<bigint, (value: never) => void>();
  readonly #calls = new Map<bigint, { readonly name: string; readonly resolve: Settle }>();
  #state: 'stopped' | 'running' | 'draining' = 'stopped';
  // Listeners of rtc-node's for something that nobody waits for any more.
  readonly #abandoned = new Set<unknown>();
  // Gives us its events, if it was there first.
  readonly #foreign: ForeignClient | undefined;
  #leases = 0;
  #lingering: NodeJS.Timeout | undefined;
  #drained: Promise<void> = Promise.resolve();
  #nextAsyncId = 0n;

  constructor() {
    // Without capturing, a rejection in rtc-node's asynchronous listener would end the process.
    super({ captureRejections: true });
    this.setMaxListeners(0);
    this.#reader = new MediaEventReader(binding());
    this.#foreign = globals._ffiClientInstance;
    if (this.#foreign) {
      log('warn', 'rtc-node was used before framewire: every media event is decoded for both');
      return;
    }
    globals._ffiClientInstance = this;
    silenceNativeLog();
    this.on('newListener', (name) => {
      if (name === 'ffi_event' && this.#state !== 'draining') this.#start();
    });
    this.on('removeListener', (_name, listener) => {
      this.#abandoned.delete(listener);
      this.#considerStopping();
    });
  }

  /** Sends a request; its answer comes at once. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- rtc-node's signature.
  request<T>(request: PartialMessage<FfiRequest>): T {
    const { FfiRequest, FfiResponse } = binding();
    const answer = sent(() => new FfiRequest(request).toBinary());
    return FfiResponse.fromBinary(answer).message.value as T;
  }

  /** Sends a request as bytes. @returns The bytes of the answer, which comes at once. */
  sendEncoded(bytes: Uint8Array): Uint8Array {
    return sent(() => bytes);
  }

  copyBuffer(pointer: bigint, length: number): Uint8Array {
    return binding().livekitCopyBuffer(pointer, length);
  }

  retrievePtr(data: Uint8Array): bigint {
    return binding().livekitRetrievePtr(data);
  }

  getNextRequestAsyncId(): bigint {
    this.#nextAsyncId += 1n;
    return this.#nextAsyncId;
  }

  waitFor<T>(
    predicate: (event: FfiEvent) => boolean,
    options?: { signal?: AbortSignal },
  ): Promise<T> {
    const signal = options?.signal;
    return new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        this.off('ffi_event', onEvent);
        signal?.removeEventListener('abort', onAbort);
      };
      const onEvent = (event: FfiEvent): void => {
        if (!predicate(event)) return;
        finish();
        resolve(event.message.value as T);
      };
      const onAbort = (): void => {
        finish();
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal?.addEventListener('abort', onAbort);
      this.on('ffi_event', onEvent);
    });
  }

  /** Sends a request by name. @throws FramewireError `native` if it's refused. */
  send<C extends RequestCase>(name: C, value: RequestValue<C>): ResponseValue<C> {
    return this.request({ message: { case: name, value } as RequestMessage });
  }

  /** Sends a request and waits for the event that answers it. Needs a lease meanwhile. */
  call<C extends CallCase>(name: C, value: RequestValue<C>): Promise<EventValue<AnswerCase<C>>> {
    return new Promise((resolve) => {
      this.ask(name, value, resolve);
    });
  }

  /**
   * As {@link FfiClient.call}, for who must know before any later event is handled.
   *
   * @returns How to stop waiting.
   */
  ask<C extends CallCase>(
    name: C,
    value: RequestValue<C>,
    answer: (value: never) => void,
  ): () => void {
    const { asyncId } = this.send(name, value) as { readonly asyncId: bigint };
    this.#calls.set(asyncId, { name: answerNameOf(name), resolve: answer as Settle });
    return () => {
      this.#calls.delete(asyncId);
    };
  }

  /** Gives what comes for a handle to `listener`, until the returned function is called. */
  route<C extends RoutedCase>(
    _name: C,
    handle: bigint,
    listener: (value: EventValue<C>) => void,
  ): () => void {
    this.#routes.set(handle, listener);
    return () => {
      this.#routes.delete(handle);
    };
  }

  /** Gives the events of a stream to `listener`, until {@link FfiClient.closeStream}. */
  openStream(handle: number, listener: (event: MediaEvent) => void): void {
    this.#streams.set(handle, listener);
  }

  /** Drops a stream's handle. Frames of it that are still under way are dropped on arrival. */
  closeStream(handle: number): void {
    this.#streams.delete(handle);
    this.#closedStreams.add(handle);
    const [oldest] = this.#closedStreams;
    if (this.#closedStreams.size > CLOSED_STREAMS_KEPT && oldest !== undefined) {
      this.#closedStreams.delete(oldest);
    }
    this.drop(handle);
  }

  /** Drops a handle. One that is gone already is no error. */
  drop(handle: number): void {
    dropHandle(handle);
  }

  /** Takes a listener of rtc-node's away. */
  detach(listener: (event: FfiEvent) => void): void {
    (this.#foreign ?? this).off('ffi_event', listener);
  }

  /**
   * Calls `begin`, a function of rtc-node's.
   *
   * @returns Its promise, and how to let go of it: the listeners that it added then no longer keep the
   * process alive.
   */
  begin<T>(begin: () => Promise<T>): { readonly done: Promise<T>; readonly abandon: () => void } {
    const before = this.listeners('ffi_event');
    const done = begin();
    const added = this.listeners('ffi_event').filter((listener) => !before.includes(listener));
    const abandon = (): void => {
      const present = this.listeners('ffi_event');
      for (const listener of added) if (present.includes(listener)) this.#abandoned.add(listener);
      this.#considerStopping();
    };
    return { done, abandon };
  }

  /** Whether events can come at once: false while the native side shuts down. */
  get ready(): boolean {
    return this.#state !== 'draining';
  }

  /** Resolves when events can come. */
  async whenReady(): Promise<void> {
    while (this.#state === 'draining') await this.#drained;
  }

  /**
   * Makes events come, until the returned function is called. Keeps the process alive meanwhile.
   * Only while {@link FfiClient.ready}.
   */
  lease(): () => void {
    this.#leases += 1;
    this.#start();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#leases -= 1;
      this.#considerStopping();
    };
  }

  /** Resolves when the native side is shut down, and nothing of it keeps the process alive. */
  async whenStopped(): Promise<void> {
    while (this.#state === 'running' || this.#state === 'draining') {
      if (this.#state === 'draining') await this.#drained;
      else await new Promise((resolve) => this.once('stopping', resolve));
    }
  }

  get #needed(): boolean {
    return this.#leases > 0 || this.listenerCount('ffi_event') > this.#abandoned.size;
  }

  #start(): void {
    clearTimeout(this.#lingering);
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    if (this.#foreign) {
      this.#foreign.on('ffi_event', this.#onForeignEvent);
      return;
    }
    // Without native log records: they would be 99 % of the events.
    binding().livekitInitialize(this.#onBytes, false, SDK_VERSION);
  }

  #considerStopping(): void {
    clearTimeout(this.#lingering);
    if (this.#state !== 'running' || this.#needed) return;
    // A moment's patience: leaving one room to join the next is no reason to start over.
    this.#lingering = setTimeout(() => {
      if (this.#state === 'running' && !this.#needed) this.#stop();
    }, LINGER_MS);
  }

  #stop(): void {
    if (this.#foreign) {
      // It may be another version of Framewire's, which this listener would keep running.
      this.#foreign.off('ffi_event', this.#onForeignEvent);
      this.#stopped();
      this.emit('stopping');
      return;
    }
    this.#state = 'draining';
    for (const listener of this.#abandoned) this.off('ffi_event', listener as () => void);
    this.#drained = binding()
      .livekitDispose()
      .catch((error: unknown) => {
        log('warn', 'shutting the native side down failed', { error });
      })
      .then(() => {
        this.#stopped();
        if (this.#needed) this.#start();
      });
    this.emit('stopping');
  }

  #stopped(): void {
    this.#state = 'stopped';
    this.#closedStreams.clear();
    // Of what was abandoned; who waits has a lease.
    this.#calls.clear();
  }

  readonly #onBytes = (bytes: Uint8Array): void => {
    try {
      const event = this.#reader.read(bytes);
      if (event && this.#deliver(event)) return;
      this.#emitDecoded(binding().FfiEvent.fromBinary(bytes));
    } catch (error) {
      logUnhandled(error);
    }
  };

  readonly #onForeignEvent = (decoded: FfiEvent): void => {
    try {
      const event = mediaEventOf(decoded);
      if (event) this.#deliver(event);
      else this.#emitDecoded(decoded);
    } catch (error) {
      logUnhandled(error);
    }
  };

  /** Whether the event was one of ours. */
  #deliver(event: MediaEvent): boolean {
    const listener = this.#streams.get(event.stream);
    if (listener) {
      listener(event);
      return true;
    }
    if (!this.#closedStreams.has(event.stream)) return false;
    if (event.kind === 'end') this.#closedStreams.delete(event.stream);
    else this.drop(event.frame.handle);
    return true;
  }

  #emitDecoded(event: FfiEvent): void {
    const owner = ownerOf(event.message);
    const route = owner === undefined ? undefined : this.#routes.get(owner);
    if (route) {
      route(event.message.value as never);
      return;
    }
    const { asyncId } = event.message.value as { readonly asyncId?: bigint };
    const call = asyncId === undefined ? undefined : this.#calls.get(asyncId);
    // The name too: rtc-node numbers some of its requests itself.
    if (call && asyncId !== undefined && call.name === event.message.case) {
      this.#calls.delete(asyncId);
      call.resolve(event.message.value);
      return;
    }
    if (event.message.case === 'panic') {
      log('error', 'the native side panicked', { message: event.message.value.message });
    }
    if (!this.#foreign) this.emit('ffi_event', event);
  }

  [Symbol.for('nodejs.rejection')](error: unknown): void {
    log('warn', 'rtc-node could not handle an event', { error });
  }
}

/** For what handling an event throws, which in the native callback would end the process. */
function logUnhandled(error: unknown): void {
  log('error', 'an event of the native side could not be handled', { error });
}

/**
 * What fails natively is told to the caller; the native side also writes it to stderr, access tokens
 * included. It reads how much to write at its first call, and again never. Who sets `RUST_LOG` has
 * asked for it.
 */
function silenceNativeLog(): void {
  const { FfiRequest, livekitFfiRequest } = binding();
  if (process.env['RUST_LOG'] !== undefined) return;
  process.env['RUST_LOG'] = 'off';
  try {
    livekitFfiRequest(new FfiRequest().toBinary());
  } catch {
    // An empty request is refused, which is as good a first call as any.
  } finally {
    // Child processes are not to inherit it.
    delete process.env['RUST_LOG'];
  }
}

function sent(encode: () => Uint8Array): Uint8Array {
  try {
    return binding().livekitFfiRequest(encode());
  } catch (cause) {
    throw new FramewireError('native', `LiveKit refused a request: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

let instance: FfiClient | undefined;

/** @internal The client, made when first needed. */
export function ffi(): FfiClient {
  instance ??= clientOfOtherCopy() ?? new FfiClient();
  return instance;
}

function clientOfOtherCopy(): FfiClient | undefined {
  const { _ffiClientInstance: client } = globals;
  return client?.[CLIENT_MARK] === CLIENT_VERSION ? (client as unknown as FfiClient) : undefined;
}

/**
 * Opens something that gives events, now or as soon as they can come, and keeps them coming
 * until the returned function is called.
 *
 * @param open - Returns how to close what it opened.
 * @param fail - Gets what `open` throws when it's called later.
 */
export function openWithEvents(open: () => () => void, fail: (error: unknown) => void): () => void {
  const client = ffi();
  const openNow = (): (() => void) => {
    const release = client.lease();
    try {
      const close = open();
      return () => {
        close();
        release();
      };
    } catch (error) {
      release();
      throw error;
    }
  };
  if (client.ready) return openNow();
  let state: 'waiting' | 'closed' | (() => void) = 'waiting';
  void client.whenReady().then(() => {
    if (state === 'closed') return;
    try {
      state = openNow();
    } catch (error) {
      fail(error);
    }
  });
  return () => {
    if (typeof state === 'function') state();
    state = 'closed';
  };
}

/** Resolves when nothing native keeps the process alive. */
export async function nativeIdle(): Promise<void> {
  await instance?.whenStopped();
}

/** The handle in an answer that owns something. */
export function handleOf(
  owned: { readonly handle?: { readonly id?: bigint } } | undefined,
  what: string,
): number {
  const id = owned?.handle?.id;
  if (id === undefined) throw new FramewireError('native', `LiveKit made no ${what}.`);
  return Number(id);
}
