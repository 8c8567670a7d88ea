/** Nothing to who reads a log; at 500 requests a second, 25 of them share a write. */
const DELAY_MS = 50;
/** What a burst may hold back, in characters. */
const MAX_CHARACTERS = 65_536;

/**
 * Collects lines for a moment, so that many requests cost one message or one write: each by itself wakes another thread,
 * an eighth of what a request takes of one core (docs/decisions/040).
 */
export class LogBuffer {
  readonly #send: (text: string) => void;
  #text = "";
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /** @param text one line with its line break */
  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= MAX_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  /** Sends what it has at once: whoever ends a thread or a process asks for it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#send(text);
  }
}
