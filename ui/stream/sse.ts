export interface SseEvent {
  /** The `event:` field; `message` when there is none. */
  readonly event: string;
  readonly data: string;
}

/**
 * Incremental parser of `text/event-stream`. Bytes may be cut anywhere, inside a character or between CR and LF;
 * lines may end in LF, CRLF or CR. Comments, `id:` and `retry:` are skipped.
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  #rest = "";
  #event = "";
  #data: string[] = [];

  push(bytes: Uint8Array): SseEvent[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    return this.#takeLines();
  }

  /**
   * The stream is over. Some servers leave out the blank line after the last event, so whole lines still count; half a
   * line does not, since its rest is unknown.
   */
  end(): SseEvent[] {
    const events = this.#rest.endsWith("\r") ? this.#line(this.#rest.slice(0, -1)) : [];
    this.#rest = "";
    return [...events, ...this.#dispatch()];
  }

  #takeLines(): SseEvent[] {
    const events: SseEvent[] = [];
    let start = 0;
    for (const match of this.#rest.matchAll(/\r\n|\n|\r/g)) {
      // A CR at the very end may be half of a CRLF: wait for the next bytes.
      if (match[0] === "\r" && match.index === this.#rest.length - 1) break;
      events.push(...this.#line(this.#rest.slice(start, match.index)));
      start = match.index + match[0].length;
    }
    this.#rest = this.#rest.slice(start);
    return events;
  }

  #line(line: string): SseEvent[] {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    if (field === "event") this.#event = value;
    return [];
  }

  #dispatch(): SseEvent[] {
    const events = this.#data.length > 0 ? [{ event: this.#event || "message", data: this.#data.join("\n") }] : [];
    this.#event = "";
    this.#data = [];
    return events;
  }
}
