// Every class and function of the package, and which target of `targets/` makes its calls.

/**
 * - `file`: the module of `targets/`, and `name`: its export; the default one if there is none.
 * - `covers`: the exports whose calls it makes.
 * - `room`: needs a LiveKit server.
 */
export const TARGETS = {
  VideoFrame: { file: 'video-frame', covers: ['VideoFrame'] },
  Images: { file: 'images', covers: [] },
  AudioFrame: { file: 'audio-frame', covers: ['AudioFrame'] },
  VideoSource: {
    file: 'sources',
    name: 'videoSources',
    covers: ['VideoSource', 'LocalVideoTrack', 'LocalTrack', 'Track'],
  },
  AudioSource: {
    file: 'sources',
    name: 'audioSources',
    covers: ['AudioSource', 'LocalAudioTrack'],
  },
  VideoStream: { file: 'streams', name: 'videoStreams', covers: ['VideoStream'] },
  AudioStream: { file: 'streams', name: 'audioStreams', covers: ['AudioStream'] },
  AudioResampler: { file: 'sound-work', name: 'resampling', covers: ['AudioResampler'] },
  AudioProcessing: { file: 'sound-work', name: 'processing', covers: ['AudioProcessingModule'] },
  Levels: {
    file: 'sound-work',
    name: 'levels',
    covers: ['LevelMeter', 'VoiceActivityDetector'],
  },
  PlatformAudio: { file: 'sound-work', name: 'platform', covers: ['PlatformAudio'] },
  AudioMixer: { file: 'mixing', name: 'mixing', covers: ['AudioMixer'] },
  Generators: { file: 'mixing', name: 'generating', covers: ['sineWave', 'silence'] },
  AVSynchronizer: { file: 'sync', name: 'synchronizer', covers: ['AVSynchronizer'] },
  MediaClock: { file: 'sync', name: 'clock', covers: ['MediaClock'] },
  LipSync: { file: 'sync', name: 'lipSync', covers: ['BeepAndFlash', 'BeepAndFlashMeter'] },
  FramePacer: { file: 'timing', name: 'pacers', covers: ['FramePacer'] },
  Fps: { file: 'timing', name: 'rates', covers: ['FpsTracker', 'FpsThinner', 'thinFps'] },
  AccessToken: { file: 'tokens', name: 'tokens', covers: ['AccessToken'] },
  Others: {
    file: 'tokens',
    name: 'others',
    covers: ['configureLog', 'configureMemory', 'RpcError'],
  },
  TestKit: {
    file: 'testing',
    covers: ['Tone', 'solidFrame', 'meanColor', 'colorDistance', 'frequencyOf'],
  },
  Devices: { file: 'capture', name: 'opening', covers: [] },
  Room: { file: 'room', name: 'rooms', room: true, covers: ['Room'] },
  Data: {
    file: 'room-data',
    name: 'data',
    room: true,
    covers: [
      ...['LocalParticipant', 'StreamReader', 'TextStreamReader', 'ByteStreamReader'],
      ...['StreamWriter', 'TextStreamWriter', 'ByteStreamWriter'],
    ],
  },
  Rpc: {
    file: 'room-calls',
    name: 'rpc',
    room: true,
    covers: ['answerClockRequests', 'measureClockOffset'],
  },
  Details: {
    file: 'room-calls',
    name: 'details',
    room: true,
    covers: ['Participant', 'RemoteParticipant'],
  },
  E2ee: { file: 'room-calls', name: 'encryption', room: true, covers: ['E2ee'] },
  DataTracks: {
    file: 'room-data-tracks',
    name: 'dataTracks',
    room: true,
    covers: ['LocalDataTrack', 'RemoteDataTrack'],
  },
  Tracks: {
    file: 'room-tracks',
    name: 'tracks',
    room: true,
    covers: [
      ...['RemoteTrack', 'RemoteVideoTrack', 'RemoteAudioTrack', 'TrackPublication'],
      ...['LocalTrackPublication', 'RemoteTrackPublication'],
    ],
  },
};

/** What the fuzzer's own test runs: `run.mjs` knows them, but `--class` alone runs them. */
export const SELF_TESTS = {
  SelfTest: { file: 'self-test', name: 'wrong', covers: [] },
  'SelfTest.crash': { file: 'self-test', name: 'crash', covers: [] },
  'SelfTest.hang': { file: 'self-test', name: 'hang', covers: [] },
  'SelfTest.rejection': { file: 'self-test', name: 'rejection', covers: [] },
  'SelfTest.never': { file: 'self-test', name: 'never', covers: [] },
};

/** Exports that take no data, each with the reason. */
export const EXEMPT = {
  FramewireError: 'made by the package alone',
  whenIdle: 'takes nothing',
  memoryUsage: 'takes nothing',
  DataPacket: 'made by a room alone',
};
