import { Histogram } from '../../core/histogram.js';
import type { FrameCode } from './frame-code.js';
import { type CheckFigures, type DemoInputs, TONE_HZ } from './protocol.js';

const TONE_TOLERANCE = 0.03;

interface Counts {
  readonly processed: { seen: number; proven: number };
  readonly original: { seen: number; proven: number };
  readonly tone: { heard: number; proven: number };
  readonly endToEndUs: Histogram;
}

/** Counts what the viewer's eyes and ears can prove. */
export class ViewerChecks {
  readonly #inputs: DemoInputs;
  #counts = noCounts();
  #toneHz: number | null = null;
  #frameNumber: number | null = null;

  /** @param inputs - What the painter publishes, of which less can be proven. */
  constructor(inputs: DemoInputs) {
    this.#inputs = inputs;
  }

  /** Forgets what was counted so far. */
  begin(): void {
    this.#counts = noCounts();
  }

  /** A picture of the agent's came, with this code in it. */
  sawProcessed(code: FrameCode | undefined, latencyUs: number | undefined): void {
    this.#counts.processed.seen += 1;
    if (latencyUs !== undefined) this.#counts.endToEndUs.add(latencyUs);
    if (code?.author !== 'agent') return;
    this.#counts.processed.proven += 1;
    this.#frameNumber = code.number;
  }

  /** A picture of the painter's came, with this code in it. */
  sawOriginal(code: FrameCode | undefined): void {
    this.#counts.original.seen += 1;
    if (code?.author === 'painter') this.#counts.original.proven += 1;
  }

  /** A piece of the agent's audio came, with this pitch. */
  heard(frequency: number): void {
    this.#toneHz = frequency;
    this.#counts.tone.heard += 1;
    if (Math.abs(frequency / TONE_HZ - 1) < TONE_TOLERANCE) this.#counts.tone.proven += 1;
  }

  /** What was counted since the last {@link ViewerChecks.begin}. */
  get figures(): CheckFigures {
    const { processed, original, tone, endToEndUs } = this.#counts;
    const latency = endToEndUs.percentiles(1000);
    return {
      processed: { ...processed },
      original: { ...original, ...(this.#inputs.camera && { proven: null }) },
      tone: { ...tone, ...(this.#inputs.mic && { proven: null }) },
      toneHz: this.#toneHz,
      frameNumber: this.#frameNumber,
      endToEndMs: latency ? { p50: latency.p50, p95: latency.p95 } : null,
    };
  }
}

function noCounts(): Counts {
  return {
    processed: { seen: 0, proven: 0 },
    original: { seen: 0, proven: 0 },
    tone: { heard: 0, proven: 0 },
    endToEndUs: new Histogram(),
  };
}
