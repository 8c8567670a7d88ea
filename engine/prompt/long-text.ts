import { setImmediate } from "node:timers/promises";

/**
 * Characters that are tokenized in one piece: about 10 ms of the only thread, as ideographs and white space take 5 µs a
 * character, measured. A megabyte at once would hold up the health check and every stream for seconds.
 */
const PIECE_CHARACTERS = 2048;

/** Tokens whose text is made in one piece, in a few milliseconds. */
const PIECE_TOKENS = 16_384;
/** Tokens after the first that the longest character of UTF-8 can have. */
const MORE_TOKENS_OF_CHARACTER = 3;
/** Tokens before a piece by which its beginning is known. */
const TOKENS_BEFORE = 8;
/** What stands in a text for the bytes of half a character. */
const HALF_CHARACTER = "\ufffd";

/**
 * Turns a piece of a text into tokens.
 * @param index of the text
 * @param isBeginning whether the text begins with the piece
 */
export type Tokenize<Id extends number> = (piece: string, index: number, isBeginning: boolean) => readonly Id[];

/**
 * The tokens of texts, one after the other; between pieces the thread does its other work. Long texts are cut before
 * white space, where vocabularies of BPE begin a new token, and within a run without any only after 2,048 characters.
 * @param most stops at the first piece that makes it more
 * @returns `undefined` for more tokens than `most`
 */
export async function tokenizeInPieces<Id extends number>(
  texts: readonly string[],
  most: number,
  tokenize: Tokenize<Id>,
): Promise<Id[] | undefined> {
  const tokens: Id[] = [];
  let charactersInTurn = 0;
  for (const [index, text] of texts.entries()) {
    let isBeginning = true;
    for (const piece of piecesOf(text)) {
      charactersInTurn += piece.length;
      if (charactersInTurn > PIECE_CHARACTERS) {
        await setImmediate();
        charactersInTurn = piece.length;
      }
      for (const token of tokenize(piece, index, isBeginning)) tokens.push(token);
      if (tokens.length > most) return undefined;
      isBeginning = false;
    }
  }
  return tokens;
}

/**
 * The text of tokens; between pieces the thread does its other work. No piece ends inside a character.
 * @param detokenize gets the tokens before the piece too, by which some vocabularies know whether a space comes first
 */
export async function detokenizeInPieces<Id extends number>(
  tokens: readonly Id[],
  detokenize: (piece: readonly Id[], before: readonly Id[]) => string,
): Promise<string> {
  const texts: string[] = [];
  for (let start = 0; start < tokens.length; ) {
    if (start > 0) await setImmediate();
    const before = tokens.slice(Math.max(0, start - TOKENS_BEFORE), start);
    let end = start + PIECE_TOKENS;
    const most = end + MORE_TOKENS_OF_CHARACTER;
    let text = detokenize(tokens.slice(start, end), before);
    while (text.endsWith(HALF_CHARACTER) && end < most && end < tokens.length)
      text = detokenize(tokens.slice(start, ++end), before);
    texts.push(text);
    start = end;
  }
  return texts.join("");
}

/** A text in pieces of at most 2,048 characters; itself where it is short. */
export function* piecesOf(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE_CHARACTERS) {
    const end = cutBefore(text, start, start + PIECE_CHARACTERS);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/** The last position in the second half of a piece where white space follows a word; else its end, between characters. */
function cutBefore(text: string, start: number, end: number): number {
  for (let at = end; at > start + PIECE_CHARACTERS / 2; at--)
    if (isSpace(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at - 1))) return at;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
