// Opens devices where the system has no descriptors left for them, or only some. To be run with a low limit.
const { openSync, closeSync } = require('node:fs');
const { join } = require('node:path');
const { openCamera, openMicrophone } = require('../../../dist/capture');

const naudiodonPath = join(__dirname, 'fake-naudiodon.cjs');
const OPENERS = {
  camera: () => openCamera({ backend: 'lavfi', device: 'color=size=16x16' }),
  microphone: () => openMicrophone({ backend: 'naudiodon', naudiodonPath, device: 'steady' }),
};

async function main() {
  // What is loaded and opened when it's first used.
  for (const open of Object.values(OPENERS)) await (await open()).close();
  for (const [name, open] of Object.entries(OPENERS)) {
    for (let free = 0; free < 5; free++) {
      const held = [];
      try {
        for (;;) held.push(openSync('/dev/null'));
      } catch {
        // That was all.
      }
      for (let i = 0; i < free; i++) closeSync(held.pop());
      const outcome = await open().then(
        (stream) => stream.close().then(() => 'opened'),
        (error) => `${error.name} ${error.code}`,
      );
      for (const fd of held) closeSync(fd);
      console.log(name, free, outcome);
    }
  }
}

void main();
