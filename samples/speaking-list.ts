// Lists who speaks, whenever that changes, and at the end for how long each spoke.
// Run it: npm run sample -- speaking-list [--seconds 5]

import { Room } from 'framewire';
import { runSample } from './support/run-sample.js';
import { TalkShow } from './support/talk-show.js';

runSample({ company: (place) => TalkShow.begin(place) }, async ({ url, token, signal, ended }) => {
  const spokenMs = new Map<string, number>();
  let speaking: readonly string[] = [];
  let sinceMs = performance.now();

  await using room = new Room();
  room.on('activeSpeakersChanged', (speakers) => {
    const nowMs = performance.now();
    for (const identity of speaking) {
      spokenMs.set(identity, (spokenMs.get(identity) ?? 0) + nowMs - sinceMs);
    }
    sinceMs = nowMs;
    const before = speaking.join(', ');
    // The loudest comes first. It's told again when only that has changed.
    speaking = speakers.map(({ identity }) => identity);
    const now = speaking.join(', ');
    if (now !== before) console.log(`Speaking: ${now || 'nobody'}`);
  });
  // The server finds out who speaks, and tells those who are subscribed to the one who does.
  await room.connect(url, await token('listener'), { signal });
  await ended;

  for (const [identity, ms] of spokenMs) {
    console.log(`${identity} spoke for ${(ms / 1000).toFixed(1)} s.`);
  }
});
