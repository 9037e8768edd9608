// Asks for the platform's sound devices where the binary finds none.
const { PlatformAudio, AudioProcessingModule, AudioFrame } = require('../../..');

PlatformAudio.open().then(
  (audio) => {
    console.log('opened', audio.recordingDevices.length);
    audio.close();
  },
  ({ name, code, message }) => {
    console.log(name, code, message.includes('PulseAudio'));
    // Nothing else suffers.
    using(new AudioProcessingModule({ highPassFilter: true }));
  },
);

function using(apm) {
  apm.processStream(AudioFrame.create({ sampleRate: 48_000, channels: 1, samplesPerChannel: 480 }));
  apm.close();
}
