// Things that a fuzzer must notice: its own test runs them.

const fault = (work) => ({
  fresh: {},
  close: {},
  calls: { work: (f) => f.call('work', [f.int(0, 9)], work) },
});

export const wrong = fault((value) => value.not.there);
export const crash = fault(() => process.kill(process.pid, 'SIGSEGV'));
export const hang = fault(() => {
  for (;;);
});
export const rejection = fault(() => void Promise.reject(new Error('nobody handles it')));
export const never = fault(() => new Promise(() => {}));
