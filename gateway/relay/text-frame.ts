const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The text of an event is a value, so that no word in it can be a key: behind its string stands one of these. */
const AFTER_VALUE = /^"\s*[,}]/;

/**
 * What the events of one stream have in common: all but the generated text, which is one JSON string. An event with the
 * same bytes around another text has the same keys and the same other values, so that a look at them says nothing new.
 */
export class TextFrame {
  /** The event that it was made of, with one character a byte. */
  readonly event: string;
  /** Bytes around the text. */
  readonly otherBytes: number;
  readonly #before: Buffer;
  readonly #behind: Buffer;

  private constructor(event: string, before: string, behind: string) {
    this.event = event;
    this.otherBytes = before.length + behind.length;
    this.#before = Buffer.from(before, "latin1");
    this.#behind = Buffer.from(behind, "latin1");
  }

  /**
   * @param event with one character a byte
   * @param start index of its text, behind the quote
   * @returns `undefined` where the end of the text can't be told by its quote alone
   */
  static of(event: string, start: number): TextFrame | undefined {
    const end = event.indexOf('"', start);
    const behind = event.slice(end);
    if (end <= start || event[end - 1] === "\\" || !AFTER_VALUE.test(behind)) return undefined;
    return new TextFrame(event, event.slice(0, start), behind);
  }

  /** Whether the bytes from `start` to `end` are this frame around a text that is not empty. */
  fits(data: Buffer, start: number, end: number): boolean {
    const before = this.#before;
    const behind = this.#behind;
    const from = start + before.length;
    const to = end - behind.length;
    // The cheapest look first: the text ends at the first quote.
    if (to <= from || data.indexOf(QUOTE, from) !== to || data[to - 1] === BACKSLASH) return false;
    return isAt(behind, data, to) && before.compare(data, start, from) === 0;
  }
}

/** Bytes up to which a loop is faster than a call of `Buffer.compare`: 20 ns for 28 bytes, beside 60. */
const SHORT_BYTES = 64;

/** Whether `data` has these bytes at an index, and ends there or later. */
function isAt(bytes: Buffer, data: Buffer, from: number): boolean {
  const { length } = bytes;
  if (length > SHORT_BYTES) return bytes.compare(data, from, from + length) === 0;
  for (let index = 0; index < length; index++) if (bytes[index] !== data[from + index]) return false;
  return true;
}
