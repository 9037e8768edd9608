// Makes the calls of one class or several, in this process, and writes to files what it did: the process
// may end in the middle of a call. Started by run.mjs.

import { openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { configureLog } from 'framewire';
import { shownError } from './judge.mjs';
import { Defect, Fuzzer } from './fuzzer.mjs';
import { SELF_TESTS, TARGETS } from './targets.mjs';

const { folder, classes, seed, calls, maxRssBytes, patienceMs } = JSON.parse(process.argv[2]);

/** The fuzzer at work. */
let current;
function fault(text, error) {
  if (current) current.fail(text, error);
  else throw error;
}

process.on('uncaughtException', (error) => fault('an exception that nobody caught', error));
process.on('unhandledRejection', (error) => fault('a rejection that nobody handled', error));
process.on('warning', (warning) => {
  // Of Node itself, that something is experimental in this version, is nothing to us.
  if (warning.name !== 'ExperimentalWarning') fault('a warning of the process', warning);
});
// Whatever somebody gave us, a line of the log is one line of plain text.
configureLog({ level: 'debug' });
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text, ...rest) => {
  if (!String(text).startsWith('framewire ')) return write(text, ...rest);

  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text.slice(0, -1))) {
    fault(`a line of the log has unescaped signs: ${JSON.stringify(text)}`);
  }
  return true;
};

function checkMemory() {
  if (process.memoryUsage.rss() < maxRssBytes) return;
  globalThis.gc?.();
  const rss = process.memoryUsage.rss();
  if (rss >= maxRssBytes) {
    fault(`the process takes ${Math.round(rss / 2 ** 20)} MiB: more than the bound`);
  }
}

const done = [];
const file = (name) => join(folder, name);

for (const name of classes) {
  const log = openSync(file(`${name}.log`), 'w');
  const { file: module, name: exported = 'default' } = TARGETS[name] ?? SELF_TESTS[name];
  const { [exported]: made } = await import(`./targets/${module}.mjs`);
  const target = typeof made === 'function' ? await made({ seed }) : made;
  current = new Fuzzer(target, (line) => writeSync(log, `${line}\n`));
  const since = performance.now();
  try {
    await current.run({ seed, calls, patienceMs, onProgress: checkMemory });
  } catch (error) {
    const how = error instanceof Defect ? error.message : shownError(error);
    const result = { failed: name, how };
    writeFileSync(file('result.json'), JSON.stringify({ done, ...result }));
    process.exit(1);
  }
  const rssBytes = process.memoryUsage.rss();
  done.push({ name, ...current.counts, seconds: (performance.now() - since) / 1000, rssBytes });
  writeFileSync(file('result.json'), JSON.stringify({ done }));
}
// What holds the process now is a leak of the package's: run.mjs waits for the end.
writeFileSync(file('result.json'), JSON.stringify({ done, complete: true }));
