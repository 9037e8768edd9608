// Pictures and tones in a page: made, and measured.

/** One for the page: a browser has but a few. */
let audio;

async function audioContext() {
  audio ??= new AudioContext({ sampleRate: 48_000 });
  await audio.resume();
  return audio;
}

/** A video track of one colour, 30 times a second. */
export function canvasTrack({ color, width, height }) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  const paint = () => {
    context.fillStyle = `rgb(${color.join()})`;
    context.fillRect(0, 0, width, height);
  };
  paint();
  // A canvas gives a frame only when it was drawn on.
  const timer = setInterval(paint, 33);
  const [track] = canvas.captureStream(30).getVideoTracks();
  return { track, stop: () => clearInterval(timer) };
}

/** An audio track of one frequency. */
export async function oscillatorTrack(frequency) {
  const context = await audioContext();
  const oscillator = new OscillatorNode(context, { frequency });
  const gain = new GainNode(context, { gain: 0.3 });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  return { track, stop: () => oscillator.stop() };
}

/** The next frame of a remote track: its size and the mean colour of its middle. Empty if none comes. */
export async function colorOf(track, patienceMs) {
  const video = track.attachedElements[0] ?? track.attach();
  if (!video.isConnected) document.body.append(video);
  const shown = new Promise((resolve) => {
    video.requestVideoFrameCallback((_now, metadata) => resolve(metadata));
  });
  const late = new Promise((resolve) => setTimeout(resolve, patienceMs));
  const metadata = await Promise.race([shown, late]);
  if (!metadata) return {};
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(width / 4, height / 4, width / 2, height / 2);
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    for (let j = 0; j < 3; j += 1) sums[j] += data[i + j];
  }
  const color = sums.map((sum) => Math.round((sum * 4) / data.length));
  return { color, width, height, rtpTimestamp: metadata.rtpTimestamp };
}

/** Measures the loudest frequency of a remote track, 0 for silence. */
export async function toneOf(track) {
  const context = await audioContext();
  // Chromium gives a track's sound to nobody unless an element plays it.
  const element = track.attach();
  element.muted = true;
  const source = context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack]));
  const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
  source.connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const hertz = context.sampleRate / analyser.fftSize;
  const measure = async () => {
    // As long as the analyser looks back.
    await new Promise((resolve) => setTimeout(resolve, 1000 / hertz));
    analyser.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    return bins[loudest] > -60 ? loudest * hertz : 0;
  };
  const stop = () => {
    source.disconnect();
    track.detach(element);
  };
  return { measure, stop };
}
