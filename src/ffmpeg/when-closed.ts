import type { Readable } from 'node:stream';

/** Resolves when nothing comes out of a pipe any more; at once where there is none. Never rejects. */
export function whenClosed(pipe: Readable | null | undefined): Promise<void> {
  if (!pipe || pipe.closed) return Promise.resolve();
  return new Promise((resolve) => pipe.once('close', () => resolve()));
}
