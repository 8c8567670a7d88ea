/** Not noticed by a reader of the log; at 500 requests a second, 25 of them share a write. */
const DELAY_MS = 50;
/** What a burst may hold back, in characters. */
const MAX_CHARACTERS = 65_536;

/**
 * Collects lines for a moment, so that many requests cost one message or one write: each of these wakes another thread,
 * an eighth of a request's time on one core (docs/decisions/040).
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

  /** Sends the held lines at once, before a thread or process ends. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#send(text);
  }
}
