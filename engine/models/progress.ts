/** Where progress goes: stderr of a command, usually. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Lines for a log come at most this often; a terminal is updated ten times a second. */
const LINE_EVERY_MS = 3000;
const TTY_EVERY_MS = 100;

/** Shows how far something is: in place on a terminal, else as a line every few seconds. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(output: ProgressOutput, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  /** A line that always appears. */
  say(line: string): void {
    this.end();
    this.#output.write(`${line}\n`);
    this.#last = this.#now();
  }

  /** A state that the next one replaces; most are dropped. */
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
