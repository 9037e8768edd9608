import {
  AudioStream,
  DEGRADATION_PREFERENCES,
  SCALABILITY_MODES,
  TRACK_SOURCES,
  VIDEO_CODECS,
  VIDEO_ENCODERS,
  VIDEO_QUALITIES,
  VideoStream,
} from 'framewire';
import { getters, invoke, listeners, method } from '../calls.mjs';
import { captureCalls, closeSources, freshSources, holdSources } from './sources.mjs';
import { joinPair, someone } from './room-pair.mjs';

const publishOptions = (f) =>
  f.options({
    source: () => f.of(TRACK_SOURCES),
    codec: () => f.of(VIDEO_CODECS),
    maxBitrateBps: () => f.int(30_000, 500_000),
    maxFps: () => f.number(1, 30),
    simulcast: () => f.boolean(),
    scalabilityMode: () => f.of(SCALABILITY_MODES),
    degradationPreference: () => f.of(DEGRADATION_PREFERENCES),
    videoEncoder: () => f.of(VIDEO_ENCODERS),
    dtx: () => f.boolean(),
    red: () => f.boolean(),
    stream: () => f.text(),
    frameMetadata: () => f.boolean(),
    preconnectBuffer: () => f.boolean(),
    signal: () => f.signal(),
  });
const signal = (f) => f.options({ signal: () => f.signal() });
const anyTrack = (f) => f.object(f.random.chance(0.5) ? 'videoTrack' : 'audioTrack');

/** Tracks published, and what others do with them. */
export async function tracks() {
  const { me, other, leave } = await joinPair('tracks');
  let fuzzer;
  const follow = (Class, source) =>
    invoke(
      Class,
      'fromParticipant',
      (f) => [
        f.object('them'),
        f.of([source]),
        f.options({ timeoutMs: () => f.number(1, 200), signal: () => f.signal() }),
      ],
      { gives: 'stream' },
    );
  return {
    fresh: {
      ...freshSources,
      me: () => me.localParticipant,
      them: () => other.remoteParticipants.get('me'),
      publication: () => other.remoteParticipants.get('me')?.publicationOf('camera'),
    },
    hold: { ...holdSources, stream: 4, remoteTrack: 4, publication: 4, own: 4 },
    close: {
      ...closeSources,
      stream: (one) => one.close(),
      off: (off) => off(),
    },
    start: (f) => {
      fuzzer = f;
      other.on('trackSubscribed', (track, publication) => {
        fuzzer.keep('remoteTrack', track);
        fuzzer.keep('publication', publication);
      });
    },
    end: leave,
    pauseMs: 15,
    calls: {
      publishTrack: method('me', 'publishTrack', (f) => [anyTrack(f), publishOptions(f)], {
        gives: 'own',
      }),
      unpublishTrack: method('me', 'unpublishTrack', (f) => [anyTrack(f)]),
      setTrackSubscriptionPermissions: method('me', 'setTrackSubscriptionPermissions', (f) => [
        f.options(
          {
            allParticipantsAllowed: () => f.boolean(),
            permissions: () =>
              f.list(() =>
                f.options(
                  {
                    participantIdentity: () => someone(f),
                    allTracksAllowed: () => f.boolean(),
                    allowedTrackSids: () => f.list(() => f.text()),
                  },
                  { needed: ['participantIdentity'] },
                ),
              ),
          },
          { needed: ['allParticipantsAllowed'] },
        ),
      ]),
      'own getters': getters('own', ['sid', 'track', 'muted', 'source', 'kind']),
      'videoTrack.getStats': method('videoTrack', 'getStats', (f) => [signal(f)]),
      'videoTrack.mute': method('videoTrack', 'mute'),
      'videoTrack.unmute': method('videoTrack', 'unmute'),
      'videoTrack.close': method('videoTrack', 'close'),
      'publication.subscribe': method('publication', 'subscribe'),
      'publication.unsubscribe': method('publication', 'unsubscribe'),
      'publication.enable': method('publication', 'enable'),
      'publication.disable': method('publication', 'disable'),
      'publication.setVideoQuality': method('publication', 'setVideoQuality', (f) => [
        f.of(VIDEO_QUALITIES),
      ]),
      'publication.setVideoDimensions': method('publication', 'setVideoDimensions', (f) => [
        f.options(
          { width: () => f.int(1, 2000), height: () => f.int(1, 2000) },
          { needed: ['width', 'height'] },
        ),
      ]),
      'publication.setVideoFps': method('publication', 'setVideoFps', (f) => [f.number(1, 30)]),
      'publication getters': getters('publication', ['subscribed', 'videoQuality', 'videoFps']),
      'remoteTrack.getStats': method('remoteTrack', 'getStats', (f) => [signal(f)]),
      'remoteTrack getters': getters('remoteTrack', ['sid', 'ended', 'muted', 'name']),
      ...listeners('remoteTrack', ['ended', 'muted', 'unmuted', 'error']),
      'VideoStream.fromParticipant': follow(VideoStream, 'camera'),
      'AudioStream.fromParticipant': follow(AudioStream, 'microphone'),
      'stream.next': method('stream', 'next', () => [], {
        waits: true,
        gives: ({ value }) => value?.close(),
      }),
      'stream.close': method('stream', 'close'),
      ...captureCalls,
    },
  };
}
