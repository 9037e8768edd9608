import type { ByteStreamReader, FramewireError, Room, TextStreamReader } from 'framewire';

/** The next text that comes to a room, taken by a handler for one. */
export function nextText(room: Room, topic = 'test', options = {}): Promise<TextStreamReader> {
  return new Promise((resolve) => {
    const off = room.registerTextStreamHandler(
      topic,
      (reader) => {
        off();
        resolve(reader);
      },
      options,
    );
  });
}

/** The next bytes that come to a room, taken by a handler for one. */
export function nextBytes(room: Room, topic = 'test', options = {}): Promise<ByteStreamReader> {
  return new Promise((resolve) => {
    const off = room.registerByteStreamHandler(
      topic,
      (reader) => {
        off();
        resolve(reader);
      },
      options,
    );
  });
}

/** The code that a promise rejects with. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing',
    (error: unknown) => (error as FramewireError).code,
  );
}
