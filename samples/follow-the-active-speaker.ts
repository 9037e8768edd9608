// Publishes one picture that always shows whoever speaks.
// Run it: npm run sample -- follow-the-active-speaker [--seconds 5]

import { LocalVideoTrack, type RemoteParticipant, Room, VideoSource, VideoStream } from 'framewire';
import { runSample } from './support/run-sample.js';
import { TalkShow } from './support/talk-show.js';

runSample({ company: (place) => TalkShow.begin(place) }, async ({ url, token, signal, ended }) => {
  await using room = new Room();
  using source = new VideoSource({ width: 320, height: 180, onResize: 'scale' });
  let onAir: { readonly identity: string; readonly stream: VideoStream } | undefined;
  const frames = new Map<string, number>();

  const show = async (speaker: RemoteParticipant): Promise<void> => {
    const { identity } = speaker;
    if (onAir?.identity === identity) return;
    await onAir?.stream.close();
    const stream = VideoStream.fromParticipant(speaker, 'camera');
    onAir = { identity, stream };
    console.log(`On air: ${identity}`);
    // Ends when the next one speaks, which closes the stream, or when the participant leaves.
    for await (using frame of stream) {
      source.captureFrame(frame);
      frames.set(identity, (frames.get(identity) ?? 0) + 1);
    }
  };
  room.on('activeSpeakersChanged', (speakers) => {
    const speaker = speakers.find((one) => one !== room.localParticipant);
    // Nobody speaks: who spoke last stays on air. What fails in here comes to the room's `error` event.
    return speaker && show(speaker as RemoteParticipant);
  });

  await room.connect(url, await token('director'), { signal });
  const program = LocalVideoTrack.create('on air', source);
  await room.localParticipant.publishTrack(program, { simulcast: false });
  await ended;

  for (const [identity, count] of frames) console.log(`${identity}: ${count} frames on air`);
});
