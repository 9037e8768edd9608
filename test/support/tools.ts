/** Programs other than Node that some tests need. `npm test` gets them: see `scripts/prepare`. */
export const TOOLS = ['chromium', 'python', 'ffmpeg', 'ffprobe', 'pulseaudio', 'xvfb'] as const;

/** One of {@link TOOLS}. */
export type Tool = (typeof TOOLS)[number];

/** Where a tool is, or undefined if it isn't there. */
export function findTool(tool: Tool): string | undefined {
  return process.env[`FRAMEWIRE_TEST_${tool.toUpperCase()}`] || undefined;
}

/** Where a tool is. */
export function toolPath(tool: Tool): string {
  const path = findTool(tool);
  if (path) return path;
  throw new Error(
    `There is no ${tool} for this test: 'npm test' with its path gets it, or says why.`,
  );
}

/**
 * A `describe` of tests that need a tool, or several. Where one isn't, they are skipped; in CI they have
 * to run, so that they fail there.
 */
export function describeWith(
  needed: Tool | readonly Tool[],
  name: string,
  suite: () => void,
): void {
  const tools = typeof needed === 'string' ? [needed] : needed;
  const missing = process.env['CI'] ? undefined : tools.find((tool) => !findTool(tool));
  const run = missing ? describe.skip : describe;
  run(missing ? `${name} (there is no ${missing})` : name, suite);
}
