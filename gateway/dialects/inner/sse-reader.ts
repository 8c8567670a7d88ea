import { GatewayError } from "../../core/gateway-error.ts";
import { BoundedBytes } from "../../http/bounded-bytes.ts";
import { LineEnds } from "../../relay/line-ends.ts";

const LINE_FEED = 0x0a;
const COLON = 0x3a;
/** An event with a tool call's whole arguments may be large; one over this is no model's response. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
/** Of memory, beside its text. */
const LINE_BYTES = 64;

/** One server-sent event. */
export interface SseEvent {
  /** Empty where the event has no name. */
  readonly name: string;
  readonly data: string;
}

/**
 * Takes server-sent events out of bytes, wherever those are cut. Each byte is copied once at most, however many pieces
 * an event comes in. Comments, ids and retry times are passed over.
 */
export class SseReader {
  readonly #lineEnds = new LineEnds();
  /** What has come of a line, in whatever pieces: those of single bytes are written together. */
  #line: BoundedBytes | undefined;
  #bytes = 0;
  #name = "";
  #data: string[] = [];

  get heldBytes(): number {
    return this.#bytes;
  }

  /** Yields the events that are complete by now. @throws {GatewayError} `upstream_error` for one of over 16 MiB */
  *push(bytes: Buffer): Generator<SseEvent> {
    const chunk = this.#lineEnds.push(bytes);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      // A comment whose text is not made: an upstream may send tens of thousands in one read.
      const isComment = this.#line === undefined && chunk[start] === COLON;
      const event = isComment ? undefined : this.#take(this.#wholeLine(chunk.subarray(start, end)));
      start = end + 1;
      if (event !== undefined) yield event;
    }
    if (start < chunk.length) {
      this.#line ??= new BoundedBytes(Number.POSITIVE_INFINITY);
      this.#line.push(chunk.subarray(start));
      this.#bytes += chunk.length - start;
    }
    if (this.#bytes > MAX_EVENT_BYTES) throw new GatewayError("upstream_error");
  }

  /** The event that was not ended by a blank line when the stream ended; `undefined` where there is none. */
  end(): SseEvent | undefined {
    const line = this.#take(this.#wholeLine(this.#lineEnds.end()));
    return line ?? this.#take("");
  }

  #wholeLine(last: Buffer): string {
    if (this.#line === undefined) return last.toString("utf8");
    this.#line.push(last);
    const line = this.#line.whole().toString("utf8");
    this.#line = undefined;
    return line;
  }

  /** Takes one line; the empty one ends an event. */
  #take(line: string): SseEvent | undefined {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text === "") {
      const event = this.#data.length === 0 ? undefined : { name: this.#name, data: this.#data.join("\n") };
      this.#name = "";
      this.#data = [];
      this.#bytes = 0;
      return event;
    }
    this.#bytes += LINE_BYTES + text.length;
    const colon = text.indexOf(":");
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    return undefined;
  }
}
