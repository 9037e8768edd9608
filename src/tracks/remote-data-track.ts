import type {
  DataFrameEncoding,
  DataSchema,
  NativeRemoteDataTrack,
} from '../native/data-tracks.js';
import {
  checkDataTrackStreamOptions,
  DataTrackStream,
  type DataTrackStreamOptions,
} from './data-track-stream.js';

/** How many frames wait natively until the event loop comes round to them. */
const NATIVE_BUFFER = 256;

/**
 * A data track of somebody else's.
 *
 * @example
 * ```ts
 * room.on('dataTrackPublished', async (track) => {
 *   for await (const { payload } of track.subscribe()) console.log(track.name, payload);
 * });
 * ```
 */
export class RemoteDataTrack {
  /** The server's id of it. */
  readonly sid: string;
  /** What its publisher calls it. */
  readonly name: string;
  /** Whose it is. */
  readonly publisherIdentity: string;
  /** Whether its frames are encrypted end to end. */
  readonly encrypted: boolean;
  /** The schema that its frames follow, if its publisher says so: see `LocalParticipant.getSchema()`. */
  readonly schema: DataSchema | undefined;
  /** How its frames are written, if its publisher says so. */
  readonly frameEncoding: DataFrameEncoding | undefined;
  readonly #native: NativeRemoteDataTrack;
  readonly #enders = new Set<() => void>();
  #published = true;

  private constructor(native: NativeRemoteDataTrack) {
    const { sid, name, encrypted, schema, frameEncoding } = native.info;
    this.sid = sid;
    this.name = name;
    this.publisherIdentity = native.publisherIdentity;
    this.encrypted = encrypted;
    this.schema = schema;
    this.frameEncoding = frameEncoding;
    this.#native = native;
  }

  /** @internal */
  static create(native: NativeRemoteDataTrack): RemoteDataTrack {
    return new RemoteDataTrack(native);
  }

  /** Whether it's still there. */
  get published(): boolean {
    return this.#published;
  }

  /**
   * The frames that come from now on; what was pushed before the server knows of us does not. Frames may be lost, but
   * not swapped. Over a reconnect of ours the stream goes on; a full one of the publisher's ends it, and the track
   * comes anew, as `dataTrackPublished`. Of a track that is gone the stream ends at once.
   *
   * Several streams of one track share what waits natively.
   *
   * @throws TypeError or RangeError if an option is not as it must be.
   */
  subscribe(options: DataTrackStreamOptions = {}): DataTrackStream {
    checkDataTrackStreamOptions(options);
    return DataTrackStream.create(options, ({ push, end }) => {
      if (!this.#published) {
        end();
        return () => undefined;
      }
      const close = this.#native.subscribe(
        NATIVE_BUFFER,
        ({ payload, userTimestamp: timestampUs }) => {
          push({ payload, timestampUs });
        },
        (error) => {
          this.#enders.delete(ender);
          // That it's gone, or that we are, is the end that everybody expects.
          const expected = error?.code === 'closed' || error?.code === 'disconnected';
          end(this.#published && !expected ? error : undefined);
        },
      );
      const ender = (): void => {
        close();
        end();
      };
      this.#enders.add(ender);
      return () => {
        this.#enders.delete(ender);
        close();
      };
    });
  }

  /** @internal It's gone, or we are. */
  roomUnpublished(): void {
    if (!this.#published) return;
    this.#published = false;
    for (const end of [...this.#enders]) end();
    this.#enders.clear();
    this.#native.release();
  }
}
