/** Collects lines within a turn of the event loop, so that many requests cost one message. */
export class LineBatch {
  readonly #send: (text: string) => void;
  #text = "";

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /** @param text one line with its line break */
  write(text: string): void {
    if (this.#text === "") setImmediate(() => this.flush());
    this.#text += text;
  }

  flush(): void {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#send(text);
  }
}
