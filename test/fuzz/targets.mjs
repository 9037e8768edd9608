// Every class and function of the package, and which target of `targets/` makes its calls.

/**
 * - `file`: the module of `targets/`, and `name`: its export; the default one if there is none.
 * - `covers`: the exports whose calls it makes.
 * - `room`: needs a LiveKit server.
 */
export const TARGETS = {
  VideoFrame: { file: 'video-frame', covers: ['VideoFrame'] },
  AudioFrame: { file: 'audio-frame', covers: ['AudioFrame'] },
  VideoSource: {
    file: 'sources',
    name: 'videoSources',
    covers: ['VideoSource', 'LocalVideoTrack', 'LocalTrack', 'Track'],
  },
  AudioSource: { file: 'sources', name: 'audioSources', covers: ['AudioSource', 'LocalAudioTrack'] },
  VideoStream: { file: 'streams', name: 'videoStreams', covers: ['VideoStream'] },
  AudioStream: { file: 'streams', name: 'audioStreams', covers: ['AudioStream'] },
  FramePacer: { file: 'timing', name: 'pacers', covers: ['FramePacer'] },
  Fps: { file: 'timing', name: 'rates', covers: ['FpsTracker', 'FpsThinner', 'thinFps'] },
  AccessToken: { file: 'tokens', name: 'tokens', covers: ['AccessToken'] },
  Others: { file: 'tokens', name: 'others', covers: ['configureLog', 'RpcError'] },
  TestKit: {
    file: 'testing',
    covers: ['Tone', 'solidFrame', 'meanColor', 'colorDistance', 'frequencyOf'],
  },
};

/** Exports that take no data, each with the reason. */
export const EXEMPT = {
  FramewireError: 'made by the package alone',
  whenIdle: 'takes nothing',
};
