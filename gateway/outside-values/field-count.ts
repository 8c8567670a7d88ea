/**
 * Fields of all objects, and lists, of a JSON text from outside. 2,048 messages with some fields each and large tool schemas
 * have under 20,000. To parse 86,000 different names, or 240,000 lists of one number, takes 40 to 90 ms.
 */
const MAX_JSON_FIELDS = 30_000;
/** `[],` : a shorter text can't have so many. */
const LEAST_FIELD_BYTES = 3;
/** Behind an escaped quote, bytes that are looked at one by one. */
const ESCAPED_RUN_BYTES = 4096;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;

/** Whether a JSON text has more fields and lists than are parsed. Looks at its bytes alone, strings in one step: 1 ms for a megabyte. */
export function hasTooManyFields(bytes: Buffer): boolean {
  if (bytes.length < MAX_JSON_FIELDS * LEAST_FIELD_BYTES) return false;
  let fields = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if ((byte === COLON || byte === OPENING_BRACKET) && ++fields > MAX_JSON_FIELDS) return true;
  }
  return false;
}

/** @returns the position of the closing quote, or the end of the text */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; ; ) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    let escapes = 0;
    while (bytes[quote - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return quote;
    // A text with one escaped quote may have a million: to find each by itself takes ten times as long as a look at each byte.
    const end = Math.min(quote + ESCAPED_RUN_BYTES, bytes.length);
    for (at = quote + 1; at < end; at++) {
      if (bytes[at] === QUOTE) return at;
      if (bytes[at] === BACKSLASH) at++;
    }
  }
}
