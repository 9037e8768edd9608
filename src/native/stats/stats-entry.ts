/** What every entry of a report has. */
export interface RtcStatsEntry {
  /** Tells the entry from the others of its report; the same entry has the same id in each report. */
  readonly id: string;
  /** When the figures were taken: milliseconds since 1970, with fractions. */
  readonly timestamp: number;
}

/** Whether an entry speaks of sound or of pictures. */
export type RtcMediaKind = 'audio' | 'video';
