import type { VideoCodec } from 'framewire';
import type { Color } from 'framewire/testing';

/** A picture as a peer sees it. */
export interface SeenPicture {
  readonly color: Color;
  readonly width: number;
  readonly height: number;
}

/** Frame metadata as a peer sees it. */
export interface SeenMetadata {
  readonly captureTimeUs: number;
  readonly frameId: number;
  readonly userData?: Uint8Array;
}

/** What came to a peer from the room. */
export interface Arrivals {
  readonly data: {
    readonly bytes: Uint8Array;
    readonly topic?: string;
    readonly from?: string;
    readonly encrypted?: boolean;
  };
  /** Data with the topic `ping`. */
  readonly ping: Arrivals['data'];
  readonly chat: {
    readonly message: string;
    readonly id: string;
    readonly edited: boolean;
    readonly from?: string;
  };
  readonly text: {
    readonly text: string | { readonly error: string };
    readonly topic: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly from: string;
  };
  readonly bytes: {
    readonly bytes: Uint8Array;
    readonly error?: string;
    readonly topic: string;
    readonly name: string;
    readonly mimeType: string;
    /** As it was announced; a browser says nothing of 0. */
    readonly size?: number;
    readonly attributes: Readonly<Record<string, string>>;
    readonly from: string;
  };
  /** Of a data track. */
  readonly frame: { readonly bytes: Uint8Array; readonly name: string; readonly from: string };
  readonly encryptionError: { readonly message: string; readonly from?: string };
  readonly disconnected: { readonly reason?: number };
}

/** How a peer's call of a method ended. */
export type RpcEnd =
  | { readonly response: string; readonly error?: never }
  | {
      readonly response?: never;
      readonly error: { readonly code: number; readonly message: string; readonly data?: string };
    };

/** To whom a peer sends, and under which name. */
interface Sending {
  readonly to?: readonly string[];
  readonly topic?: string;
}

/**
 * A participant that another SDK brings into the room: livekit-client in a browser, or LiveKit's Python
 * SDK. Both take the same calls, as JSON.
 *
 * It answers the methods `echo` (who called, and the payload), `size` (of the payload), `refuse` (with
 * the code 4001), `break` (throws) and `never`.
 */
export abstract class Peer implements AsyncDisposable {
  /** Calls a function of the program. */
  protected abstract call(method: string, params: object): Promise<unknown>;

  /** Ends the program. */
  abstract close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async join(params: {
    readonly url: string;
    readonly token: string;
    /** Encrypts and decrypts with it. */
    readonly key?: string;
    /** Whether a browser reads frame metadata. Default `false`; Python always does. */
    readonly knowsMetadata?: boolean;
  }): Promise<void> {
    await this.call('join', params);
  }

  async leave(): Promise<void> {
    await this.call('leave', {});
  }

  /** Resolves once the server has told it of somebody. */
  async waitForParticipant(identity: string): Promise<void> {
    await this.call('waitForParticipant', { identity });
  }

  /** Takes another key. */
  async setKey(key: string): Promise<void> {
    await this.call('setKey', { key });
  }

  /** Publishes one colour, 30 times a second. */
  async publishVideo(params: {
    readonly color: Color;
    readonly codec?: VideoCodec;
    /** Python only: what goes along with each frame. */
    readonly metadata?: { readonly captureTimeUs: number; readonly userData: Uint8Array };
  }): Promise<void> {
    const { metadata, ...rest } = params;
    await this.call('publishVideo', {
      ...rest,
      ...(metadata && { metadata: { ...metadata, userData: encoded(metadata.userData) } }),
    });
  }

  async publishTone(frequency: number): Promise<void> {
    await this.call('publishTone', { frequency });
  }

  /** Resolves when it sees that colour, give or take what codecs do to it; rejects if it doesn't. */
  async untilColor(from: string, color: Color): Promise<SeenPicture> {
    return (await this.call('untilColor', { from, color })) as SeenPicture;
  }

  /** Whether not one frame of somebody's video is shown for a while. */
  async seesNothing(from: string, ms: number): Promise<boolean> {
    return (await this.call('seesNothing', { from, ms })) as boolean;
  }

  /** Resolves when it hears that tone, to within 2 %; rejects if it doesn't. */
  async untilTone(from: string, frequency: number): Promise<number> {
    return (await this.call('untilTone', { from, frequency })) as number;
  }

  /** What came along with a frame. */
  async nextMetadata(from: string): Promise<SeenMetadata> {
    const { userData, ...rest } = (await this.call('nextMetadata', { from })) as Omit<
      SeenMetadata,
      'userData'
    > & { readonly userData?: string };
    return { ...rest, ...(userData !== undefined && { userData: decoded(userData) }) };
  }

  async publishData(
    bytes: Uint8Array,
    options: Sending & { readonly reliable?: boolean } = {},
  ): Promise<void> {
    await this.call('publishData', { bytes: encoded(bytes), ...options });
  }

  async sendText(
    text: string,
    options: Sending & { readonly attributes?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    await this.call('sendText', { text, ...options });
  }

  async sendBytes(
    bytes: Uint8Array,
    options: Sending & {
      readonly name: string;
      readonly mimeType: string;
      readonly attributes?: Readonly<Record<string, string>>;
    },
  ): Promise<void> {
    await this.call('sendBytes', { bytes: encoded(bytes), ...options });
  }

  /** Begins a byte stream that is never ended. */
  async beginBytes(bytes: Uint8Array, options: Sending & { readonly name: string }): Promise<void> {
    await this.call('beginBytes', { bytes: encoded(bytes), ...options });
  }

  /** Calls a method of somebody's. */
  async performRpc(to: string, method: string, payload = ''): Promise<RpcEnd> {
    return (await this.call('performRpc', { to, method, payload })) as RpcEnd;
  }

  /** Publishes a data track and pushes that frame again and again. */
  async publishDataTrack(name: string, frame: Uint8Array): Promise<void> {
    await this.call('publishDataTrack', { name, bytes: encoded(frame) });
  }

  /** The first of what came that nobody asked for yet, or else the next that comes. */
  async next<Kind extends keyof Arrivals>(kind: Kind): Promise<Arrivals[Kind]> {
    const arrival = (await this.call('next', { kind })) as { readonly bytes?: string };
    const { bytes } = arrival;
    return (bytes === undefined
      ? arrival
      : { ...arrival, bytes: decoded(bytes) }) as unknown as Arrivals[Kind];
  }
}

/**
 * A peer for a test file or a part of it, which leaves its room after each test. Call it where `describe`
 * is called.
 */
export function livePeer<P extends Peer>(launch: () => Promise<P>): () => P {
  let peer: P | undefined;
  beforeAll(async () => {
    peer = await launch();
  });
  afterEach(() => peer?.leave());
  afterAll(() => peer?.close());
  return () => {
    if (!peer) throw new Error('The peer starts before the first test.');
    return peer;
  };
}

function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function decoded(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
