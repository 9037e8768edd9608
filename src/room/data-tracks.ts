import { checkObject, checkOptions, checkSignal, checkString } from '../core/check.js';
import {
  type DataFrameEncoding,
  type DataSchema,
  defineSchema,
  followDataTracks,
  getSchema,
  publishDataTrack,
} from '../native/data-tracks.js';
import type { RtcSession } from '../native/rtc-session.js';
import { LocalDataTrack } from '../tracks/local-data-track.js';
import { RemoteDataTrack } from '../tracks/remote-data-track.js';
import type { EmitRoomEvent } from './room-people.js';

/** A data track to publish. */
export interface PublishDataTrackOptions {
  /** What it's called, in at most 256 bytes; we can have one of each name. */
  readonly name: string;
  /** The schema that its frames follow. Needs `frameEncoding`. Default: none is told. */
  readonly schema?: DataSchema;
  /**
   * How its frames are written. `protobuf`, `flatbuffer`, `ros1` and `cdr` need a `schema` whose encoding goes with
   * it, as `json` needs `jsonschema` if there is one. Default: none is told.
   */
  readonly frameEncoding?: DataFrameEncoding;
  /** Gives up: the caller gets the signal's reason, and what is published all the same is taken back. */
  readonly signal?: AbortSignal;
}

/** How long to wait for a schema. */
export interface SchemaOptions {
  /** Gives up: the caller gets the signal's reason. */
  readonly signal?: AbortSignal;
}

const MAX_NAME_BYTES = 256;
const MAX_ENCODING_BYTES = 32;

/** Our data tracks, and their schemas, during one stay in a room. */
export class LocalDataTracks {
  readonly #session: RtcSession;
  readonly #checkAllowed: () => void;
  readonly #tracks = new Set<LocalDataTrack>();

  /** @param checkAllowed - Throws if we may not send data. */
  constructor(session: RtcSession, checkAllowed: () => void) {
    this.#session = session;
    this.#checkAllowed = checkAllowed;
    session.onEnd(() => {
      for (const track of [...this.#tracks]) track.roomLeft();
    });
  }

  /** See {@link LocalParticipant.publishDataTrack}. */
  async publish(options: PublishDataTrackOptions): Promise<LocalDataTrack> {
    const { name, schema, frameEncoding, signal } = checkedOptions(options);
    this.#checkAllowed();
    const native = await publishDataTrack(this.#session, { name, schema, frameEncoding }, signal);
    const track: LocalDataTrack = LocalDataTrack.create(native, () => this.#tracks.delete(track));
    this.#tracks.add(track);
    // The room may have been left in the meantime.
    if (!this.#session.isConnected()) track.roomLeft();
    return track;
  }

  /** See {@link LocalParticipant.defineSchema}. */
  async defineSchema(
    schema: DataSchema,
    definition: string,
    options: SchemaOptions = {},
  ): Promise<void> {
    const checked = checkedSchema(schema, 'schema');
    checkString(definition, 'definition');
    const signal = checkedSignal(options);
    this.#checkAllowed();
    await defineSchema(this.#session, checked, definition, signal);
  }

  /** See {@link LocalParticipant.getSchema}. */
  async getSchema(
    identity: string,
    schema: DataSchema,
    options: SchemaOptions = {},
  ): Promise<string> {
    checkString(identity, 'identity');
    const checked = checkedSchema(schema, 'schema');
    return getSchema(this.#session, identity, checked, checkedSignal(options));
  }
}

/** The data tracks of others, by sid, from one stay in the room to the next. */
export class RemoteDataTracks {
  readonly tracks: Map<string, RemoteDataTrack> = new Map<string, RemoteDataTrack>();
  readonly #emit: EmitRoomEvent;

  constructor(emit: EmitRoomEvent) {
    this.#emit = emit;
  }

  /** Takes those that there are and that come, until the stay is over. */
  join(session: RtcSession): void {
    followDataTracks(
      session,
      (native) => {
        const track = RemoteDataTrack.create(native);
        this.tracks.get(track.sid)?.roomUnpublished();
        this.tracks.set(track.sid, track);
        this.#emit('dataTrackPublished', track);
      },
      (sid) => {
        const track = this.tracks.get(sid);
        if (!track) return;
        this.tracks.delete(sid);
        track.roomUnpublished();
        this.#emit('dataTrackUnpublished', track);
      },
    );
    session.onEnd(() => {
      for (const track of this.tracks.values()) track.roomUnpublished();
      this.tracks.clear();
    });
  }
}

function checkedOptions(options: PublishDataTrackOptions): {
  readonly name: string;
  readonly schema: DataSchema | undefined;
  readonly frameEncoding: DataFrameEncoding | undefined;
  readonly signal: AbortSignal | undefined;
} {
  checkObject(options, 'options');
  const { name, schema, frameEncoding, signal } = options;
  checkName(name, 'options.name', MAX_NAME_BYTES);
  if (frameEncoding !== undefined) {
    checkName(frameEncoding, 'options.frameEncoding', MAX_ENCODING_BYTES);
  }
  if (schema !== undefined) {
    // So LiveKit has it.
    if (frameEncoding === undefined) {
      throw new TypeError(
        'options.frameEncoding must be given with options.schema, got undefined.',
      );
    }
  }
  checkSignal(signal, 'options.signal');
  const checked = schema === undefined ? undefined : checkedSchema(schema, 'options.schema');
  return { name, schema: checked, frameEncoding, signal };
}

function checkedSignal(options: SchemaOptions): AbortSignal | undefined {
  checkOptions(options, 'options');
  const { signal } = options;
  checkSignal(signal, 'options.signal');
  return signal;
}

function checkedSchema(schema: unknown, path: string): DataSchema {
  checkObject(schema, path);
  const { name, encoding } = schema as Partial<DataSchema>;
  checkName(name, `${path}.name`, MAX_NAME_BYTES);
  checkName(encoding, `${path}.encoding`, MAX_ENCODING_BYTES);
  return { name, encoding };
}

function checkName(value: unknown, path: string, maxBytes: number): asserts value is string {
  checkString(value, path);
  const bytes = Buffer.byteLength(value);
  if (bytes > maxBytes) {
    throw new RangeError(`${path} must have at most ${maxBytes} bytes, got ${bytes}.`);
  }
}
