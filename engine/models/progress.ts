/** Output for progress, usually a command's standard error. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Shortest time between two lines in a log, and between two updates of a terminal. */
const LINE_EVERY_MS = 3000;
const TTY_EVERY_MS = 100;

/** Shows progress: in one line of a terminal, or in a log as a line every few seconds. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(output: ProgressOutput, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  /** Prints a line. */
  print(line: string): void {
    this.end();
    this.#output.write(`${line}\n`);
    this.#last = this.#now();
  }

  /** Shows a state until the next one; states within the shortest time are dropped. */
  update(line: string): void {
    const terminal = this.#output.isTTY === true;
    if (this.#now() - this.#last < (terminal ? TTY_EVERY_MS : LINE_EVERY_MS)) return;
    this.#last = this.#now();
    this.#output.write(terminal ? `\r\u001b[K${line}` : `${line}\n`);
    this.#open = terminal;
  }

  /** Ends the line that `update` left open on a terminal. */
  end(): void {
    if (this.#open) this.#output.write("\n");
    this.#open = false;
  }
}

/** `12 of 98 MB (12 %)`. */
export function share(bytes: number, total: number): string {
  const percent = Math.floor((100 * bytes) / total);
  return `${Math.round(bytes / 1e6)} of ${Math.round(total / 1e6)} MB (${percent} %)`;
}
