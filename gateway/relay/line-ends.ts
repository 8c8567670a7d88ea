import type { StreamTranslator } from "../core/dialect.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const EMPTY = Buffer.alloc(0);
const RETURN = Buffer.from("\r");
/** A byte order mark in UTF-8, which a stream of events may begin with. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Brings a stream of server-sent events into the form that its readers expect: without a byte order mark, and with a line
 * feed for each carriage return that stands alone, which the format allows as the end of a line. A stream without either,
 * also one whose lines end with both characters, is the very bytes that came.
 */
export class LineEnds implements StreamTranslator {
  /** The first bytes, while they may be a mark; `undefined` behind them. */
  #start: Buffer | undefined = EMPTY;
  /** Whether a carriage return has ended a line by itself. */
  #isLone = false;
  /** Whether the last byte was a carriage return that is not passed on yet. */
  #isHeld = false;
  /** Whether the line feed of a carriage return may come, whose line has ended already. */
  #skipsFeed = false;

  push(chunk: Buffer): Buffer {
    const bytes = this.#start === undefined ? chunk : this.#withoutMark(this.#start, chunk);
    if (bytes.length === 0) return bytes;
    if (!this.#isHeld && !this.#skipsFeed && !bytes.includes(CARRIAGE_RETURN)) return bytes;
    return this.#withFeeds(bytes);
  }

  end(): Buffer {
    const start = this.#start ?? EMPTY;
    this.#start = undefined;
    return this.#isHeld ? RETURN : start;
  }

  #withoutMark(start: Buffer, chunk: Buffer): Buffer {
    const bytes = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
    const length = Math.min(bytes.length, MARK.length);
    const mayBeMark = MARK.subarray(0, length).equals(bytes.subarray(0, length));
    this.#start = mayBeMark && length < MARK.length ? bytes : undefined;
    if (this.#start !== undefined) return EMPTY;
    return mayBeMark ? bytes.subarray(MARK.length) : bytes;
  }

  #withFeeds(bytes: Buffer): Buffer {
    // A copy: the caller's bytes stay as they are.
    const whole = Buffer.concat(this.#isHeld ? [RETURN, bytes] : [bytes]);
    const data = this.#skipsFeed && whole[0] === LINE_FEED ? whole.subarray(1) : whole;
    const last = data.length - 1;
    this.#isHeld = false;
    this.#skipsFeed = false;
    for (let at = data.indexOf(CARRIAGE_RETURN); at !== -1 && at < last; at = data.indexOf(CARRIAGE_RETURN, at + 1)) {
      if (data[at + 1] === LINE_FEED) continue;
      data[at] = LINE_FEED;
      this.#isLone = true;
    }
    if (data[last] !== CARRIAGE_RETURN) return data;
    // Where the others stood alone, this one ends its line too: the event need not wait for the next byte.
    if (this.#isLone) {
      data[last] = LINE_FEED;
      this.#skipsFeed = true;
      return data;
    }
    this.#isHeld = true;
    return data.subarray(0, last);
  }
}
