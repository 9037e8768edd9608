/** How the `framewire` command ends. */
export const EXIT = {
  ok: 0,
  /** What was asked for did not come about. */
  failed: 1,
  /** The arguments are wrong. */
  usage: 2,
  /** Ctrl-C came first. */
  interrupted: 130,
} as const;
