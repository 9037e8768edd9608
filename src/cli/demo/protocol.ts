/** What the demo's processes do. */
export const ROLES = ['painter', 'agent', 'viewer'] as const;

/** One of {@link ROLES}. Also the participant's identity. */
export type RoleName = (typeof ROLES)[number];

/** From whom to whom the pictures go; the receiver measures. */
export const HOPS = ['painter -> agent', 'agent -> viewer', 'painter -> viewer'] as const;

/** One of {@link HOPS}. */
export type HopName = (typeof HOPS)[number];

/** The picture that is sent. */
export const PICTURE = { width: 1280, height: 720, fps: 30 } as const;

/** Pitch of the painter's tone in Hz. */
export const TONE_HZ = 440;

/** How the identity of everybody begins who came by the page. */
export const GUEST_PREFIX = 'guest-';

/** How many guests the agent processes at once; the others wait for their turn. */
export const MAX_GUESTS = 4;

/** What the tracks are called. */
export const TRACK_NAMES = { scene: 'scene', edges: 'edges', tone: 'tone' } as const;

/** What a guest's own track is called when it comes back from the agent. */
export function returnedName(kind: 'video' | 'audio', identity: string): string {
  return kind === 'video' ? `edges of ${identity}` : `voice of ${identity}`;
}

/** What the event loop of a process is busy with. */
export interface LoadFigures {
  /** How much later than asked for timers fire: the 95th percentile, in milliseconds. */
  readonly eventLoopLagMs: number;
  /** CPU time of all the process's threads, of one core. */
  readonly cpuPercent: number;
}

/** What the receiver of a hop measured over some time. */
export interface HopFigures {
  readonly seconds: number;
  /** Frames a second that the receiver processed. */
  readonly fps: number;
  /** From sending to delivery. `null` without a frame. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  readonly received: number;
  readonly delivered: number;
  readonly dropped: {
    readonly full: number;
    readonly rate: number;
    readonly late: number;
    readonly closed: number;
  };
  readonly missing: number;
  readonly bitrateBps: number | null;
  /** Size of the last picture, as `1280x720`. Encoders send smaller ones in need. */
  readonly size: string | null;
}

/** What the viewer found in what it saw and heard over some time. */
export interface CheckFigures {
  /** The agent's pictures, and how many of them carried the agent's mark and a frame number. */
  readonly processed: { readonly seen: number; readonly proven: number };
  /** The painter's own pictures, likewise; `null` with a camera, in whose pictures there is no mark. */
  readonly original: { readonly seen: number; readonly proven: number | null };
  /**
   * Pieces of 100 ms of the agent's audio, and in how many of them the painter's tone was heard; `null` with a
   * microphone, which hears something else.
   */
  readonly tone: { readonly heard: number; readonly proven: number | null };
  /** Pitch of the last piece in Hz. */
  readonly toneHz: number | null;
  /** Frame number read from the agent's last picture. */
  readonly frameNumber: number | null;
  /** From the painter's brush to the viewer's eye, through the agent. */
  readonly endToEndMs: { readonly p50: number; readonly p95: number } | null;
}

/** A guest who sends the agent a camera or a microphone. */
export interface GuestFigures {
  readonly identity: string;
  /** Whether the agent sends it back processed, or has no room for it yet. */
  readonly state: 'processed' | 'waiting';
  /** What comes from the guest's camera. `null` while nothing does. */
  readonly camera: HopFigures | null;
}

/** All that one process measured over some time. */
export interface RoleFigures {
  readonly load: LoadFigures;
  readonly hops: Partial<Record<HopName, HopFigures>>;
  readonly checks?: CheckFigures;
  /** The agent's guests, in the order in which they came. */
  readonly guests?: readonly GuestFigures[];
}

/** A device by the system's name for it, or the default one. */
export interface DemoDevice {
  /** `lavfi:` and a graph of ffmpeg's filters stands in for a camera. */
  readonly device: string | undefined;
}

/** What was recorded. */
export interface DemoRecording {
  readonly path: string;
  readonly seconds: number;
}

/** What the painter publishes instead of what it paints and sings itself. */
export interface DemoInputs {
  readonly camera?: DemoDevice;
  readonly mic?: DemoDevice;
}

/** What the parent tells a process. */
export type ParentMessage =
  | {
      readonly type: 'start';
      readonly url: string;
      readonly token: string;
      readonly inputs: DemoInputs;
      /** The file that the viewer records to. */
      readonly record: string | undefined;
    }
  /** The warm-up is over: count from here. */
  | { readonly type: 'measure' }
  /** Say what was measured, and save the picture. */
  | { readonly type: 'finish'; readonly snapshot: string | undefined }
  | { readonly type: 'stop' };

/** What a process tells the parent. */
export type ChildMessage =
  /** Once a second. `recent` is the last second, `total` since the measuring began. */
  | { readonly type: 'figures'; readonly recent: RoleFigures; readonly total: RoleFigures }
  | {
      readonly type: 'finished';
      readonly total: RoleFigures;
      readonly snapshot: string | undefined;
      readonly snapshotError: string | undefined;
      readonly recording: DemoRecording | undefined;
      readonly recordingError: string | undefined;
    }
  | { readonly type: 'failed'; readonly message: string };
