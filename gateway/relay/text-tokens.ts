import { isRecord } from "../../lib/is-record.ts";
import { escapedBytes } from "../outside-values/escaped-text.ts";

/** Fields of generated text, in vLLM's and OpenAI's responses and chunks. */
const TEXT_FIELDS: ReadonlySet<string> = new Set([
  "content",
  "text",
  "reasoning_content",
  "reasoning",
  "arguments",
  "refusal",
  "transcript",
]);
/** The key of one, up to the beginning of its string. */
const TEXTS = new RegExp(`"(?:${[...TEXT_FIELDS].join("|")})"\\s*:\\s*"`, "g");
/** The same with a string that is not empty: a frame that only names the role has no text. */
export const TEXT = new RegExp(`${TEXTS.source}[^"]`);
const QUOTE = '"';
const BACKSLASH = "\\";
/** The longest usual token: an event with no more has one, as engines send one token in each. */
const ONE_TOKEN_BYTES = 16;
/** Of English text and of code in current vocabularies: 4 characters a token. */
const BYTES_PER_TOKEN = 4;

/**
 * Bytes of generated text in JSON of a response or of an event of OpenAI's dialect.
 * @param json with one character a byte
 */
export function textBytesIn(json: string): number {
  let bytes = 0;
  TEXTS.lastIndex = 0;
  while (TEXTS.test(json)) {
    const start = TEXTS.lastIndex;
    const end = stringEnd(json, start);
    bytes += end - start;
    TEXTS.lastIndex = end;
  }
  return bytes;
}

/** The tokens of an event with so many bytes of text, estimated: what is paid where the upstream counts none. */
export function tokensOfEvent(textBytes: number): number {
  if (textBytes === 0) return 0;
  return textBytes <= ONE_TOKEN_BYTES ? 1 : tokensOfText(textBytes);
}

/** The same for a whole text. */
export function tokensOfText(textBytes: number): number {
  return Math.ceil(textBytes / BYTES_PER_TOKEN);
}

/** The same for the choices of a whole response. */
export function tokensOfChoices(choices: unknown): number {
  return tokensOfText(textBytesOf(choices));
}

/** The same bytes in a value that is parsed. */
function textBytesOf(value: unknown): number {
  let bytes = 0;
  if (Array.isArray(value)) for (const item of value) bytes += textBytesOf(item);
  else if (isRecord(value))
    for (const [name, one] of Object.entries(value))
      bytes += typeof one === "string" ? (TEXT_FIELDS.has(name) ? escapedBytes(one) : 0) : textBytesOf(one);
  return bytes;
}

/** Index of the quote that ends a string of JSON, or the end of what there is. */
function stringEnd(json: string, start: number): number {
  for (let at = json.indexOf(QUOTE, start); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > start && json[at - backslashes - 1] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return json.length;
}
