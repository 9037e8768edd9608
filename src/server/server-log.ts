const MAX_LINES = 500;
const MAX_LINE_LENGTH = 4_000;
const TOKEN = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g;

/** The last lines that a server wrote, without its secrets. */
export class ServerLog {
  readonly #secrets: readonly string[];
  readonly #lines: string[] = [];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** The last 500 lines, oldest first. A copy. */
  get lines(): readonly string[] {
    return [...this.#lines];
  }

  /** Takes a line, of which secrets and access tokens are blotted out. */
  readonly add = (line: string): void => {
    let text = line.slice(0, MAX_LINE_LENGTH).replace(TOKEN, '<token>');
    for (const secret of this.#secrets) text = text.replaceAll(secret, '<secret>');
    this.#lines.push(text);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  };

  /** The last lines as the end of an error message. */
  tail(count = 20): string {
    if (this.#lines.length === 0) return 'It wrote nothing.';
    return `Its last lines:\n${this.#lines
      .slice(-count)
      .map((line) => `  ${line}`)
      .join('\n')}`;
  }
}
