// Data tracks, as the native side has them.

import { untilAborted } from '../core/abort.js';
import { FramewireError, type FramewireErrorCode } from '../core/errors.js';
import { ffi, handleOf } from './ffi-client.js';
import type { AnswerCase, EventValue, RequestValue } from './ffi-messages.js';
import type { RtcSession } from './rtc-session.js';
import type { TapValue } from './room-tap.js';

/** How a schema is written; another name is the application's own. In LiveKit's order. */
export const DATA_SCHEMA_ENCODINGS = [
  'protobuf',
  'flatbuffer',
  'ros1msg',
  'ros2msg',
  'ros2idl',
  'omgidl',
  'jsonschema',
] as const;

/** How the payload of a frame is written; another name is the application's own. In LiveKit's order. */
export const DATA_FRAME_ENCODINGS = [
  'ros1',
  'cdr',
  'protobuf',
  'flatbuffer',
  'cbor',
  'msgpack',
  'json',
] as const;

/** One of {@link DATA_SCHEMA_ENCODINGS}, or a name of the application's own of at most 32 bytes. */
export type DataSchemaEncoding = (typeof DATA_SCHEMA_ENCODINGS)[number] | (string & {});
/** One of {@link DATA_FRAME_ENCODINGS}, or a name of the application's own of at most 32 bytes. */
export type DataFrameEncoding = (typeof DATA_FRAME_ENCODINGS)[number] | (string & {});

/** What tells a schema from others of the same participant. */
export interface DataSchema {
  /** What it's called. */
  readonly name: string;
  /** How it's written. */
  readonly encoding: DataSchemaEncoding;
}

/** What a data track says of itself. */
export interface NativeDataTrackInfo {
  readonly sid: string;
  readonly name: string;
  readonly encrypted: boolean;
  readonly schema: DataSchema | undefined;
  readonly frameEncoding: DataFrameEncoding | undefined;
}

/** What comes over a data track. */
export interface NativeDataFrame {
  readonly payload: Uint8Array;
  readonly userTimestamp: number | undefined;
}

/** A data track of ours. */
export interface NativeLocalDataTrack {
  readonly info: NativeDataTrackInfo;
  /** What became of a frame. */
  readonly push: (frame: NativeDataFrame) => 'taken' | 'full' | 'unpublished';
  readonly isPublished: () => boolean;
  /** Takes it back, if `unpublish`, and frees it. Once. */
  readonly release: (unpublish: boolean) => void;
}

/** A data track of somebody else's. */
export interface NativeRemoteDataTrack {
  readonly info: NativeDataTrackInfo;
  readonly publisherIdentity: string;
  /** Gives what comes from now on to `onFrame`, until the returned function is called or it ends. */
  readonly subscribe: (
    bufferSize: number,
    onFrame: (frame: NativeDataFrame) => void,
    onEnd: (error: FramewireError | undefined) => void,
  ) => () => void;
  /** Frees it. Once. */
  readonly release: () => void;
}

type Published = EventValue<AnswerCase<'publishDataTrack'>>['result'];
type ProtoOwned = Extract<Published, { case: 'track' }>['value'];
type ProtoInfo = NonNullable<ProtoOwned['info']>;
type ProtoFrame = NonNullable<
  Extract<EventValue<'dataTrackStreamEvent'>['detail'], { case: 'frameReceived' }>['value']['frame']
>;
type ProtoSchema = NonNullable<NonNullable<RequestValue<'defineSchema'>>['schemaId']>;

/**
 * @internal Publishes a data track.
 *
 * @throws RangeError if the encodings don't go together. FramewireError `forbidden`, `invalid-state` if the
 * name is taken, `timeout`, `disconnected`, `native`. The signal's reason; what is published all the same is taken back.
 */
export async function publishDataTrack(
  session: RtcSession,
  options: Pick<NativeDataTrackInfo, 'name' | 'schema' | 'frameEncoding'>,
  signal: AbortSignal | undefined,
): Promise<NativeLocalDataTrack> {
  const { name, schema, frameEncoding } = options;
  const publishing = session.request('publishDataTrack', {
    localParticipantHandle: session.localParticipantHandle,
    options: {
      name,
      ...(schema && { schema: schemaId(schema) }),
      ...(frameEncoding !== undefined && {
        frameEncoding: encoded(frameEncoding, DATA_FRAME_ENCODINGS),
      }),
    },
  });
  const { result } = await untilAborted(publishing, signal, ({ result: late }) => {
    if (late.case === 'track') localTrack(late.value).release(true);
  });
  if (result.case === 'track') return localTrack(result.value);
  const { code = 0, message = 'no answer' } = result.value ?? {};
  if (REFUSED_OPTIONS.includes(code)) {
    throw new RangeError(`The options don't make a data track: ${message}.`);
  }
  throw new FramewireError(
    PUBLISH_ERRORS[code] ?? 'native',
    `The data track could not be published: ${message}.`,
    { cause: result.value },
  );
}

/** LiveKit's numbers for a bad name, and for encodings that don't go together. */
const REFUSED_OPTIONS: readonly number[] = [6, 10];

/** By LiveKit's numbers. */
const PUBLISH_ERRORS: Readonly<Record<number, FramewireErrorCode>> = {
  2: 'invalid-state',
  3: 'timeout',
  4: 'disconnected',
  5: 'forbidden',
};

/** By LiveKit's numbers. */
const SUBSCRIBE_ERRORS: Readonly<Record<number, FramewireErrorCode>> = {
  2: 'closed',
  3: 'timeout',
  4: 'disconnected',
};

/** By LiveKit's number. */
const QUEUE_FULL = 3;
/** By LiveKit's number. */
const TRACK_UNPUBLISHED = 2;

/** @internal Tells of the data tracks of others. Who gets one has to release it. */
export function followDataTracks(
  session: RtcSession,
  published: (track: NativeRemoteDataTrack) => void,
  unpublished: (sid: string) => void,
): void {
  session.tap.take('dataTrackPublished', ({ track }) => {
    if (track) published(remoteTrack(track));
    return true;
  });
  session.tap.take('dataTrackUnpublished', ({ sid }) => {
    if (sid !== undefined) unpublished(sid);
    return true;
  });
}

/** @internal @throws FramewireError `unsupported`, `timeout`, `disconnected`, `native`. The signal's reason. */
export async function defineSchema(
  session: RtcSession,
  schema: DataSchema,
  definition: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { localParticipantHandle } = session;
  const request = { localParticipantHandle, schemaId: schemaId(schema), definition };
  const { error } = await session.request('defineSchema', request, signal);
  if (error !== undefined) throw schemaError(error);
}

/** @internal @throws As {@link defineSchema}; `not-found`. */
export async function getSchema(
  session: RtcSession,
  participantIdentity: string,
  schema: DataSchema,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { localParticipantHandle } = session;
  const request = { localParticipantHandle, schemaId: schemaId(schema), participantIdentity };
  const { definition, error } = await session.request('getSchema', request, signal);
  if (error !== undefined) throw schemaError(error);
  return definition ?? '';
}

function schemaError(cause: string): FramewireError {
  const code: FramewireErrorCode = cause.includes('not enabled')
    ? 'unsupported'
    : cause.includes('NotFound')
      ? 'not-found'
      : cause.includes('timed out')
        ? 'timeout'
        : 'native';
  const hint = code === 'unsupported' ? ' on this server (enable_participant_data_blob)' : '';
  return new FramewireError(code, `Schemas: ${cause}${hint}.`, { cause });
}

function localTrack(owned: ProtoOwned): NativeLocalDataTrack {
  const handle = handleOf(owned, 'data track');
  const trackHandle = BigInt(handle);
  return {
    info: infoOf(owned.info),
    push: ({ payload, userTimestamp }) => {
      const { error } = ffi().send('localDataTrackTryPush', {
        trackHandle,
        frame: {
          payload,
          ...(userTimestamp !== undefined && { userTimestamp: BigInt(userTimestamp) }),
        },
      });
      if (!error) return 'taken';
      if (Number(error.code) === QUEUE_FULL) return 'full';
      if (Number(error.code) === TRACK_UNPUBLISHED) return 'unpublished';
      throw new FramewireError('native', `A frame was refused: ${error.message}.`, {
        cause: error,
      });
    },
    isPublished: () =>
      ffi().send('localDataTrackIsPublished', { trackHandle }).isPublished ?? false,
    release: (unpublish) => {
      if (unpublish) ffi().send('localDataTrackUnpublish', { trackHandle });
      ffi().drop(handle);
    },
  };
}

function remoteTrack(owned: TapValue<'dataTrackPublished'>['track'] & {}): NativeRemoteDataTrack {
  const handle = handleOf(owned, 'data track');
  return {
    info: infoOf(owned.info),
    publisherIdentity: owned.publisherIdentity ?? '',
    subscribe: (bufferSize, onFrame, onEnd) =>
      subscribe(BigInt(handle), bufferSize, onFrame, onEnd),
    release: () => {
      ffi().drop(handle);
    },
  };
}

function subscribe(
  trackHandle: bigint,
  bufferSize: number,
  onFrame: (frame: NativeDataFrame) => void,
  onEnd: (error: FramewireError | undefined) => void,
): () => void {
  const { stream } = ffi().send('subscribeDataTrack', { trackHandle, options: { bufferSize } });
  const handle = handleOf(stream, 'data track stream');
  const streamHandle = BigInt(handle);
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    unroute();
    ffi().drop(handle);
  };
  // The native side gives one frame a request.
  const read = (): void => {
    if (open) ffi().send('dataTrackStreamRead', { streamHandle });
  };
  const unroute = ffi().route('dataTrackStreamEvent', streamHandle, ({ detail }) => {
    if (detail.case === 'frameReceived') {
      const { frame } = detail.value;
      if (frame) onFrame(frameOf(frame));
      read();
    } else if (detail.case === 'eos') {
      const { error } = detail.value;
      close();
      onEnd(
        error &&
          new FramewireError(
            SUBSCRIBE_ERRORS[Number(error.code)] ?? 'native',
            `The data track can't be read: ${error.message}.`,
            { cause: error },
          ),
      );
    }
  });
  read();
  return close;
}

function frameOf({ payload, userTimestamp }: ProtoFrame): NativeDataFrame {
  return {
    // A copy: what comes refers to all that came with it.
    payload: new Uint8Array(payload ?? []),
    userTimestamp: userTimestamp === undefined ? undefined : Number(userTimestamp),
  };
}

function infoOf(info: ProtoInfo | undefined): NativeDataTrackInfo {
  const { sid = '', name = '', usesE2ee = false, schema, frameEncoding } = info ?? {};
  const encoding = schema?.encoding?.encoding;
  return {
    sid,
    name,
    encrypted: usesE2ee,
    schema: schema && {
      name: schema.name ?? '',
      encoding: decoded(encoding, DATA_SCHEMA_ENCODINGS),
    },
    frameEncoding: frameEncoding && decoded(frameEncoding.encoding, DATA_FRAME_ENCODINGS),
  };
}

function schemaId({ name, encoding }: DataSchema): ProtoSchema {
  return { name, encoding: encoded(encoding, DATA_SCHEMA_ENCODINGS) };
}

/** LiveKit's numbers begin at 1. */
function encoded(
  name: string,
  known: readonly string[],
): { encoding: { case: 'wellKnown'; value: number } | { case: 'custom'; value: string } } {
  const i = known.indexOf(name);
  const encoding =
    i === -1
      ? ({ case: 'custom', value: name } as const)
      : ({ case: 'wellKnown', value: i + 1 } as const);
  return { encoding };
}

function decoded(
  encoding:
    | { readonly case: 'wellKnown'; readonly value: number }
    | { readonly case: 'custom'; readonly value: string }
    | { readonly case: undefined }
    | undefined,
  known: readonly string[],
): string {
  if (encoding?.case === 'custom') return encoding.value;
  if (encoding?.case === 'wellKnown') return known[encoding.value - 1] ?? '';
  return '';
}
