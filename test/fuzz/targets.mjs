// Every class and function of the package, and which target of `targets/` makes its calls.

/**
 * - `covers`: the exports whose calls it makes.
 * - `room`: needs a LiveKit server.
 */
export const TARGETS = {
  VideoFrame: { file: 'video-frame', covers: ['VideoFrame'] },
};

/** Exports that take no data, each with the reason. */
export const EXEMPT = {
  FramewireError: 'made by the package alone',
};
