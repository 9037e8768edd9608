import {
  type DemoInputs,
  type DemoRecording,
  HOPS,
  type HopFigures,
  type HopName,
  type LoadFigures,
  type RoleFigures,
  type RoleName,
  ROLES,
} from './protocol.js';

/** One hop in the summary. */
export interface HopSummary {
  readonly fps: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  readonly received: number;
  readonly delivered: number;
  readonly dropped: HopFigures['dropped'];
  readonly missing: number;
  readonly dropPercent: number;
  readonly bitrateBps: number | null;
  readonly eventLoopLagMs: number;
  readonly cpuPercent: number;
  readonly size: string | null;
}

/** What a run of the demo has shown; `--json` prints it, `--help` explains it. */
export interface DemoSummary {
  /** Whether pictures and sound came all the way. */
  readonly ok: boolean;
  /** What was missing, in words; empty if `ok`. */
  readonly problems: readonly string[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly node: string;
  readonly server: { readonly url: string; readonly version: string | null };
  readonly hops: Partial<Record<HopName, HopSummary>>;
  readonly endToEndMs: { readonly p50: number; readonly p95: number } | null;
  readonly processes: Partial<Record<RoleName, LoadFigures>>;
  /** `null` for what nothing can prove: no number is in a camera's pictures, and no tone in a microphone's sound. */
  readonly verified: {
    readonly processedPicture: boolean;
    readonly originalPicture: boolean | null;
    readonly tone: boolean | null;
  };
  readonly checks: {
    readonly processedPictures: { readonly seen: number; readonly proven: number };
    readonly originalPictures: { readonly seen: number; readonly proven: number | null };
    readonly tone: { readonly heard: number; readonly proven: number | null };
    readonly toneHz: number | null;
    readonly frameNumber: number | null;
  };
  readonly snapshot: string | null;
  readonly recording: DemoRecording | null;
  /** Where the page was. */
  readonly page: string | null;
}

/** The process that receives what comes over a hop, and measures it. */
export function receiverOf(hop: HopName): RoleName {
  return hop === 'painter -> agent' ? 'agent' : 'viewer';
}

/** Dropped and missing frames, of all that were sent. */
export function dropPercentOf({ dropped, missing, received }: HopFigures): number {
  const lost = dropped.full + dropped.rate + dropped.late + dropped.closed + missing;
  const sent = received + missing;
  return sent === 0 ? 0 : (lost * 100) / sent;
}

/** Puts together what the processes measured. */
export function summarize(options: {
  readonly figures: Readonly<Partial<Record<RoleName, RoleFigures>>>;
  readonly inputs: DemoInputs;
  readonly warmUpSeconds: number;
  readonly server: DemoSummary['server'];
  readonly snapshot: string | undefined;
  readonly recording: DemoRecording | undefined;
  readonly page: string | undefined;
  readonly problems: readonly string[];
}): DemoSummary {
  const { figures, inputs } = options;
  const hops: Partial<Record<HopName, HopSummary>> = {};
  const problems = [...options.problems];
  for (const hop of HOPS) {
    const of = figures[receiverOf(hop)];
    const one = of?.hops[hop];
    if (!of || !one) {
      problems.push(`No frame came from ${hop.replace('->', 'to')}.`);
      continue;
    }
    if (one.delivered === 0) problems.push(`No frame came from ${hop.replace('->', 'to')}.`);
    hops[hop] = {
      fps: rounded(one.fps),
      latencyMs: roundedBoth(one.latencyMs),
      received: one.received,
      delivered: one.delivered,
      dropped: one.dropped,
      missing: one.missing,
      dropPercent: rounded(dropPercentOf(one)),
      bitrateBps: one.bitrateBps === null ? null : Math.round(one.bitrateBps),
      eventLoopLagMs: rounded(of.load.eventLoopLagMs),
      cpuPercent: rounded(of.load.cpuPercent),
      size: one.size,
    };
  }
  const checks = figures.viewer?.checks;
  const verified = {
    processedPicture: mostly(checks?.processed.proven, checks?.processed.seen),
    originalPicture: inputs.camera
      ? null
      : mostly(checks?.original.proven ?? 0, checks?.original.seen),
    tone: inputs.mic ? null : mostly(checks?.tone.proven ?? 0, checks?.tone.heard),
  };
  if (!verified.processedPicture) {
    problems.push("The viewer could not read the agent's mark in the agent's pictures.");
  }
  if (verified.originalPicture === false) {
    problems.push("The viewer could not read the painter's mark in the painter's pictures.");
  }
  if (verified.tone === false) {
    problems.push("The viewer did not hear the painter's tone from the agent.");
  }
  if (inputs.mic && (checks?.tone.heard ?? 0) === 0) {
    problems.push('No sound of the microphone came to the viewer.');
  }
  return {
    ok: problems.length === 0,
    problems,
    seconds: rounded(
      Math.max(0, ...HOPS.map((hop) => figures[receiverOf(hop)]?.hops[hop]?.seconds ?? 0)),
    ),
    warmUpSeconds: options.warmUpSeconds,
    node: process.version,
    server: options.server,
    hops,
    endToEndMs: roundedBoth(checks?.endToEndMs ?? null),
    processes: Object.fromEntries(
      ROLES.flatMap((role) => {
        const load = figures[role]?.load;
        return load ? [[role, roundedLoad(load)]] : [];
      }),
    ),
    verified,
    checks: {
      processedPictures: checks?.processed ?? { seen: 0, proven: 0 },
      originalPictures: checks?.original ?? { seen: 0, proven: 0 },
      tone: checks?.tone ?? { heard: 0, proven: 0 },
      toneHz: typeof checks?.toneHz === 'number' ? rounded(checks.toneHz) : null,
      frameNumber: checks?.frameNumber ?? null,
    },
    snapshot: options.snapshot ?? null,
    recording: options.recording ?? null,
    page: options.page ?? null,
  };
}

/** A starved encoder blurs some pictures and a busy machine some sound, which are no other for it. */
function mostly(proven = 0, all = 0): boolean {
  return all > 0 && proven >= all / 2;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function roundedBoth(latency: { readonly p50: number; readonly p95: number } | null) {
  return latency && { p50: rounded(latency.p50), p95: rounded(latency.p95) };
}

function roundedLoad({ eventLoopLagMs, cpuPercent }: LoadFigures): LoadFigures {
  return { eventLoopLagMs: rounded(eventLoopLagMs), cpuPercent: rounded(cpuPercent) };
}
