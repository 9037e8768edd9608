// A participant with livekit-client, in a page. Bundled by test/support/browser-peer.ts, which calls
// the functions of `peer` with JSON.

import { ExternalE2EEKeyProvider, Room, RoomEvent, RpcError } from 'livekit-client';
import { arrivals } from './peer-arrivals.mjs';
import { canvasTrack, colorOf, oscillatorTrack, toneOf } from './browser-media.mjs';

/** How long a colour or a tone may take. Whoever waits for it then hears what there was instead. */
const PATIENCE_MS = 20_000;

const TOLERANCE = 30;

let room = new Room();
let keys = new ExternalE2EEKeyProvider();
/** What to undo on leaving: sources of media that go on by themselves. */
let cleanups = [];

/** What others may ask of us. */
const methods = {
  echo: ({ callerIdentity, payload }) => Promise.resolve(`${callerIdentity}: ${payload}`),
  size: ({ payload }) => Promise.resolve(String(payload.length)),
  refuse: () => Promise.reject(new RpcError(4001, 'refused', 'because')),
  break: () => Promise.reject(new Error('A secret of the page.')),
  never: () => new Promise(() => {}),
};

const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** A track of somebody's, as soon as we receive it. */
function trackOf(identity, kind) {
  const look = () => {
    const publications = room.remoteParticipants.get(identity)?.trackPublications.values() ?? [];
    return [...publications].find((one) => one.kind === kind && one.track)?.track;
  };
  return new Promise((resolve) => {
    const check = () => {
      const track = look();
      if (!track) return;
      room.off(RoomEvent.TrackSubscribed, check);
      resolve(track);
    };
    room.on(RoomEvent.TrackSubscribed, check);
    check();
  });
}

/** Measures again and again until it fits. */
async function until(what, measure, fits) {
  const deadline = performance.now() + PATIENCE_MS;
  let last;
  while (performance.now() < deadline) {
    last = await measure();
    if (fits(last)) return last;
  }
  throw new Error(`It was never ${what}; last was ${JSON.stringify(last)}.`);
}

const far = (one, other) => Math.max(...one.map((value, i) => Math.abs(value - other[i])));

function listen() {
  room.on(RoomEvent.DataReceived, (payload, participant, _kind, topic, encryption) => {
    const from = participant?.identity;
    const kind = topic === 'ping' ? 'ping' : 'data';
    arrivals.add(kind, { bytes: toBase64(payload), topic, from, encrypted: encryption > 0 });
  });
  room.on(RoomEvent.ChatMessage, ({ message, id, editTimestamp }, participant) => {
    const edited = editTimestamp !== undefined;
    arrivals.add('chat', { message, id, edited, from: participant?.identity });
  });
  room.on(RoomEvent.EncryptionError, (error, participant) => {
    arrivals.add('encryptionError', { message: error.message, from: participant?.identity });
  });
  room.on(RoomEvent.Disconnected, (reason) => arrivals.add('disconnected', { reason }));
  room.on(RoomEvent.DataTrackPublished, async (track) => {
    for await (const { payload } of track.subscribe()) {
      const { name } = track.info;
      arrivals.add('frame', { bytes: toBase64(payload), name, from: track.publisherIdentity });
    }
  });
  room.registerTextStreamHandler('text', async (reader, { identity: from }) => {
    const { topic, attributes } = reader.info;
    const text = await reader.readAll().catch(({ message }) => ({ error: message }));
    arrivals.add('text', { text, topic, attributes, from });
  });
  room.registerByteStreamHandler('bytes', async (reader, { identity: from }) => {
    const { topic, attributes, name, mimeType, size } = reader.info;
    const chunks = await reader.readAll().catch(({ message }) => ({ error: message }));
    if (chunks.error) return arrivals.add('bytes', { ...chunks, from });
    const bytes = toBase64(new Uint8Array(await new Blob(chunks).arrayBuffer()));
    arrivals.add('bytes', { bytes, topic, attributes, name, mimeType, size, from });
  });
  for (const [name, answer] of Object.entries(methods)) room.registerRpcMethod(name, answer);
}

globalThis.peer = {
  async join({ url, token, key, knowsMetadata = false }) {
    arrivals.clear();
    keys = new ExternalE2EEKeyProvider();
    const worker = (name) => new Worker(`/${name}-worker.js`);
    room = new Room({
      ...(key !== undefined && {
        encryption: { keyProvider: keys, worker: worker('e2ee') },
      }),
      ...(knowsMetadata && { frameMetadata: { worker: worker('frame-metadata') } }),
    });
    if (key !== undefined) {
      await keys.setKey(key);
      await room.setE2EEEnabled(true);
    }
    listen();
    await room.connect(url, token);
  },
  async leave() {
    for (const cleanup of cleanups.splice(0)) await cleanup();
    await room.disconnect();
  },
  /** Resolves once the server has told of somebody. */
  async waitForParticipant({ identity }) {
    while (!room.remoteParticipants.has(identity)) {
      await new Promise((resolve) => room.once(RoomEvent.ParticipantConnected, resolve));
    }
  },
  async setKey({ key }) {
    await keys.setKey(key);
  },

  async publishVideo({ color, width = 320, height = 180, codec = 'vp8' }) {
    const { track, stop } = canvasTrack({ color, width, height });
    cleanups.push(stop);
    const options = { source: 'camera', simulcast: false, videoCodec: codec, backupCodec: false };
    const { trackSid } = await room.localParticipant.publishTrack(track, options);
    return trackSid;
  },
  async publishTone({ frequency }) {
    const { track, stop } = await oscillatorTrack(frequency);
    cleanups.push(stop);
    const options = { source: 'microphone', dtx: false };
    const { trackSid } = await room.localParticipant.publishTrack(track, options);
    return trackSid;
  },
  /** The browser's own camera and microphone, which are the fake ones. */
  async publishDevices() {
    await room.localParticipant.enableCameraAndMicrophone();
  },
  async untilColor({ from, color }) {
    const track = await trackOf(from, 'video');
    const what = `of the colour ${color.join()}`;
    return until(
      what,
      () => colorOf(track, PATIENCE_MS),
      (last) => last.color !== undefined && far(last.color, color) <= TOLERANCE,
    );
  },
  /** Whether anything but black was shown in a while, of a track that can't be seen. */
  async seesNothing({ from, ms }) {
    const { color } = await colorOf(await trackOf(from, 'video'), ms);
    return color === undefined;
  },
  async untilTone({ from, frequency }) {
    const track = await trackOf(from, 'audio');
    const { measure, stop } = await toneOf(track);
    cleanups.push(stop);
    const fits = (last) => Math.abs(last - frequency) <= frequency * 0.02;
    return until(`a tone of ${frequency} Hz`, measure, fits);
  },
  /** Metadata of a frame that is shown, from a track whose frames carry it. */
  async nextMetadata({ from }) {
    const track = await trackOf(from, 'video');
    const measure = async () => {
      const { rtpTimestamp } = await colorOf(track, PATIENCE_MS);
      const found = rtpTimestamp && track.lookupFrameMetadata({ rtpTimestamp });
      if (!found) return undefined;
      const { userTimestamp, frameId, userData } = found;
      return {
        captureTimeUs: Number(userTimestamp),
        frameId,
        ...(userData && { userData: toBase64(userData) }),
      };
    };
    return until('a frame with metadata', measure, (last) => last !== undefined);
  },

  async publishData({ bytes, to, topic, reliable = true }) {
    const options = { reliable, ...(topic && { topic }), ...(to && { destinationIdentities: to }) };
    await room.localParticipant.publishData(fromBase64(bytes), options);
  },
  async sendText({ text, to, topic = 'text', attributes }) {
    const options = { topic, attributes, ...(to && { destinationIdentities: to }) };
    const { id } = await room.localParticipant.sendText(text, options);
    return id;
  },
  async sendBytes({ bytes, to, topic = 'bytes', name, mimeType, attributes }) {
    const options = { topic, name, mimeType, attributes, ...(to && { destinationIdentities: to }) };
    const { id } = await room.localParticipant.sendBytes(fromBase64(bytes), options);
    return id;
  },
  /** Begins a byte stream that is never ended. */
  async beginBytes({ bytes, topic = 'bytes', name = 'endless' }) {
    const writer = await room.localParticipant.streamBytes({ topic, name });
    await writer.write(fromBase64(bytes));
  },
  async sendChat({ message }) {
    const { id } = await room.localParticipant.sendChatMessage(message);
    return id;
  },
  async performRpc({ to, method, payload = '' }) {
    const call = { destinationIdentity: to, method, payload };
    try {
      return { response: await room.localParticipant.performRpc(call) };
    } catch (error) {
      const { code, message, data } = error;
      return { error: { code, message, data } };
    }
  },
  async publishDataTrack({ name, bytes }) {
    const track = await room.localParticipant.publishDataTrack({ name });
    const payload = fromBase64(bytes);
    // Nobody says who has subscribed, and a frame that comes before is lost.
    const timer = setInterval(() => track.tryPush({ payload }), 20);
    cleanups.push(() => clearInterval(timer));
  },
  next: ({ kind }) => arrivals.next(kind),
};
