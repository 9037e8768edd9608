/** What an output must have for a {@link LiveView}. */
export interface TerminalOutput {
  readonly rows?: number;
  write(text: string): unknown;
}

/** Lines at the end of a terminal that are drawn over and over in the same place. */
export class LiveView {
  readonly #output: TerminalOutput;
  #height = 0;

  constructor(output: TerminalOutput) {
    this.#output = output;
  }

  /** Draws the lines where those before were. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, Math.max(1, (this.#output.rows ?? 24) - 1));
    const up = this.#height > 0 ? `\u001b[${this.#height}A` : '';
    // Without wrapping a narrow terminal cuts lines off, and the count of lines stays right.
    const text = shown.map((line) => `${line}\u001b[K\n`).join('');
    this.#output.write(`\u001b[?25l\u001b[?7l${up}\r${text}\u001b[J\u001b[?7h\u001b[?25h`);
    this.#height = shown.length;
  }

  /** Takes the lines away. */
  clear(): void {
    if (this.#height > 0) this.#output.write(`\u001b[${this.#height}A\r\u001b[J`);
    this.#height = 0;
  }
}
