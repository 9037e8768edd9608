import { log } from '../core/log.js';

/** How far the work that a server's first start may need has come. */
export interface ServerProgress {
  /** `build` by Go, `pull` of the Docker image, `wait` for another process that builds. */
  readonly step: 'build' | 'pull' | 'wait';
  /** What is being done, as a line of text without its end. */
  readonly message: string;
  /** Milliseconds since the step began. */
  readonly elapsedMs: number;
  /** `running` about once a second, then once one of the others. */
  readonly state: 'running' | 'done' | 'failed';
}

/** Gets the progress of a start. What it throws goes to the log. */
export type ProgressListener = (progress: ServerProgress) => void;

const INTERVAL_MS = 1_000;

/** Does `work` and tells of its progress until it has ended. */
export async function withProgress<T>(
  step: ServerProgress['step'],
  message: string,
  onProgress: ProgressListener,
  work: () => Promise<T>,
): Promise<T> {
  const beganAt = performance.now();
  const tell = (state: ServerProgress['state']): void => {
    try {
      onProgress({ step, message, elapsedMs: Math.round(performance.now() - beganAt), state });
    } catch (error) {
      log('error', 'a listener of progress failed', { error });
    }
  };
  tell('running');
  const timer = setInterval(tell, INTERVAL_MS, 'running');
  try {
    const result = await work();
    clearInterval(timer);
    tell('done');
    return result;
  } catch (error) {
    clearInterval(timer);
    tell('failed');
    throw error;
  }
}

/** Where progress is written to. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * A listener that writes to a terminal as one line that is updated, and elsewhere (a log file, CI)
 * as one line at the start and one at the end of each step.
 */
export function progressWriter(output: ProgressOutput = process.stderr): ProgressListener {
  let begun: string | undefined;
  return ({ message, elapsedMs, state }) => {
    const seconds = `${Math.round(elapsedMs / 1000)} s`;
    const text =
      state === 'running'
        ? `${message} ... ${output.isTTY ? seconds : ''}`.trimEnd()
        : `${message}: ${state} after ${seconds}`;
    const end = state === 'running' ? '' : '\n';
    if (output.isTTY) output.write(`\r\u001b[2K${text}${end}`);
    else if (state !== 'running' || begun !== message) output.write(`${text}\n`);
    begun = state === 'running' ? message : undefined;
  };
}
