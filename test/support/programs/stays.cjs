// Joins, and does nothing more: the open room keeps it alive. A line on stdin makes it leave.
const { Room } = require('framewire');

const [, , url, token] = process.argv;

async function main() {
  const room = new Room();
  await room.connect(url, token);
  room.once('disconnected', (reason) => console.log(`out: ${reason}`));
  process.stdin.once('data', () => {
    void room.disconnect();
    process.stdin.pause();
  });
  // Waiting for the line alone would not keep it alive.
  process.stdin.unref();
  console.log('joined');
}

void main();
