// What is said with another version of LiveKit's binding than the one that is needed.
const info = require.resolve('@livekit/rtc-ffi-bindings/package.json');
require.cache[info] = { id: info, filename: info, loaded: true, exports: { version: '0.11.0' } };
const framewire = require('../../..');

const attempts = {
  processing: () => new framewire.AudioProcessingModule({ noiseSuppression: true }),
  resampling: () => new framewire.AudioResampler({ inputRate: 48_000, outputRate: 16_000 }),
  platform: () => framewire.PlatformAudio.open(),
};

async function main() {
  const said = { capabilities: { ...framewire.capabilities } };
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
    } catch ({ name: error, code, message }) {
      said[name] = { error, code, message };
    }
  }
  console.log(JSON.stringify(said));
}

void main();
