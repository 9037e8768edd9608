/** Does things in the order in which they were asked for, each when the one before is over, however that ended. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** What `act` resolves or rejects with, once its turn has come. */
  run<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#last.then(act);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
