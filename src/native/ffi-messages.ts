// The messages of the native side by name. Not in the published types, which would load the binding's.

import type { FfiEvent, FfiRequest, FfiResponse, PartialMessage } from '@livekit/rtc-ffi-bindings';

/** A request, of any name. */
export type RequestMessage = NonNullable<PartialMessage<FfiRequest>['message']>;
/** The name of a request. */
export type RequestCase = NonNullable<RequestMessage['case']>;
/** What a request says. */
export type RequestValue<C extends RequestCase> = Extract<RequestMessage, { case?: C }>['value'];

type Response = FfiResponse['message'];
/** What is answered at once. */
export type ResponseValue<C> = Extract<Response, { case: C }>['value'];

/** An event, of any name. */
export type EventMessage = FfiEvent['message'];
/** The name of an event. */
export type EventCase = NonNullable<EventMessage['case']>;
/** What an event says. */
export type EventValue<C> = Extract<EventMessage, { case: C }>['value'];

/** Requests whose answer comes as an event of another name. */
interface AnswerNames {
  readonly sendChatMessage: 'chatMessage';
  readonly editChatMessage: 'chatMessage';
  readonly textStreamWrite: 'textStreamWriterWrite';
  readonly textStreamClose: 'textStreamWriterClose';
  readonly byteStreamWrite: 'byteStreamWriterWrite';
  readonly byteStreamClose: 'byteStreamWriterClose';
  readonly byteWriteToFile: 'byteStreamReaderWriteToFile';
}

const ANSWER_NAMES: AnswerNames = {
  sendChatMessage: 'chatMessage',
  editChatMessage: 'chatMessage',
  textStreamWrite: 'textStreamWriterWrite',
  textStreamClose: 'textStreamWriterClose',
  byteStreamWrite: 'byteStreamWriterWrite',
  byteStreamClose: 'byteStreamWriterClose',
  byteWriteToFile: 'byteStreamReaderWriteToFile',
};

/** The name of the event that answers a request. */
export type AnswerCase<C> = C extends keyof AnswerNames ? AnswerNames[C] : C;

/** The name of a request that an event answers. */
export type CallCase = {
  [C in RequestCase]: AnswerCase<C> extends EventCase ? C : never;
}[RequestCase];

/** */
export function answerNameOf(name: CallCase): string {
  return name in ANSWER_NAMES ? ANSWER_NAMES[name as keyof AnswerNames] : name;
}

/** The name of an event that belongs to something with a handle. */
export type RoutedCase = 'textStreamReaderEvent' | 'byteStreamReaderEvent' | 'dataTrackStreamEvent';

/** The handle of what such an event belongs to. */
export function ownerOf(message: EventMessage): bigint | undefined {
  switch (message.case) {
    case 'textStreamReaderEvent':
    case 'byteStreamReaderEvent':
      return message.value.readerHandle;
    case 'dataTrackStreamEvent':
      return message.value.streamHandle;
    default:
      return undefined;
  }
}
