import { checkFunction, checkInteger, checkString, checkText } from '../core/check.js';
import type { ByteOptions, StreamOptions, TextOptions } from '../native/outgoing-streams.js';
import {
  checkedAttributes,
  checkedDataOptions,
  checkedStrings,
  type DataOptions,
} from './data-options.js';
import type { StreamProgress } from './stream-reader.js';

/** How a stream of either kind is sent. */
export interface SendOptions extends DataOptions {
  /** Whatever you attach, by key. Names, topic and attributes have to be less than 60,000 bytes together. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** One of its kind. Default: made up. */
  readonly streamId?: string;
}

/** How a text is sent. */
export interface SendTextOptions extends SendOptions {
  /** The stream that this one answers, for chats. */
  readonly replyToStreamId?: string;
  /** Streams of bytes that belong to it, for chats. */
  readonly attachedStreamIds?: readonly string[];
}

/** How a stream of text is sent: the signal gives it up at any time before it's closed. */
export type StreamTextOptions = SendTextOptions;

/** How bytes are sent. */
export interface SendBytesOptions extends SendOptions {
  /** Such as a file's name. Default `unnamed`, or that of the file. */
  readonly name?: string;
  /** Default `application/octet-stream`. */
  readonly mimeType?: string;
  /** Called after each piece. What it throws gives the stream up, and is thrown to the caller. */
  readonly onProgress?: (progress: StreamProgress) => void;
}

/** How a file is sent. */
export type SendFileOptions = SendBytesOptions;

/** How a stream of bytes is sent: the signal gives it up at any time before it's closed. */
export interface StreamBytesOptions extends Omit<SendBytesOptions, 'onProgress'> {
  /** How much it will be, which the receiver is told; then it can't be more or less. Default: not said. */
  readonly totalBytes?: number;
}

/** A stream as it's to be opened, and what gives it up. Each option was read once. */
export interface CheckedStream<Options> {
  readonly native: Options;
  readonly signal: AbortSignal | undefined;
}

/** A stream of bytes, and what goes with it. */
export interface CheckedByteStream extends CheckedStream<ByteOptions> {
  /** The name, if one was given. */
  readonly name: string | undefined;
  readonly onProgress: ((progress: StreamProgress) => void) | undefined;
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function textStreamOptions(options: SendTextOptions): CheckedStream<TextOptions> {
  const { native, signal } = streamOptions(options);
  const { replyToStreamId, attachedStreamIds = [] } = options;
  if (replyToStreamId !== undefined) checkString(replyToStreamId, 'options.replyToStreamId');
  const attached = checkedStrings(attachedStreamIds, 'options.attachedStreamIds');
  return { native: { ...native, replyToStreamId, attachedStreamIds: attached }, signal };
}

/** @throws TypeError or RangeError if an option is not as it must be. */
export function byteStreamOptions(
  options: SendBytesOptions & StreamBytesOptions,
): CheckedByteStream {
  const { native, signal } = streamOptions(options);
  const { name, mimeType = 'application/octet-stream', totalBytes, onProgress } = options;
  if (name !== undefined) checkText(name, 'options.name');
  checkString(mimeType, 'options.mimeType');
  if (totalBytes !== undefined) checkInteger(totalBytes, 'options.totalBytes', { min: 0 });
  if (onProgress !== undefined) checkFunction(onProgress, 'options.onProgress');
  return {
    native: { ...native, name: name ?? 'unnamed', mimeType, totalBytes },
    signal,
    name,
    onProgress,
  };
}

function streamOptions(options: SendOptions): CheckedStream<StreamOptions> {
  const { topic, destinationIdentities, signal } = checkedDataOptions(options);
  const { attributes = {}, streamId } = options;
  if (streamId !== undefined) checkString(streamId, 'options.streamId');
  const checked = checkedAttributes(attributes, 'options.attributes');
  return { native: { topic, destinationIdentities, attributes: checked, streamId }, signal };
}
