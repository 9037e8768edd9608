// Fails to connect in every way there is, prints each error's code, and has nothing more to do.
const { Room } = require('framewire');

const [, , url, expired, silent] = process.argv;

async function main() {
  const room = new Room();
  const attempt = async (...args) => {
    try {
      await room.connect(...args);
      console.log('connected');
    } catch (error) {
      console.log(error instanceof DOMException ? error.name : error.code);
    }
  };
  await attempt('nonsense', 'token');
  await attempt('ws://127.0.0.1:1', 'token');
  await attempt(url, expired);
  await attempt(url, 'garbage');
  await attempt(silent, 'token', { connectTimeoutMs: 200 });
  await attempt(silent, 'token', { signal: AbortSignal.abort() });
  const connecting = attempt(silent, 'token');
  await room.disconnect();
  await connecting;
}

void main();
