/** Degrees that a picture must be turned clockwise to be upright. */
export const ROTATIONS = [0, 90, 180, 270] as const;

/** One of {@link ROTATIONS}. */
export type VideoRotation = (typeof ROTATIONS)[number];
