import { setImmediate } from "node:timers/promises";

/**
 * Characters that are tokenized in one piece: about 10 ms of the only thread, as ideographs and white space take 5 µs a
 * character, measured. A megabyte at once would hold up the health check and every stream for seconds.
 */
const PIECE_CHARACTERS = 2048;

/** Turns a text into tokens, in one piece. */
export type Tokenize<Id extends number> = (text: string) => readonly Id[];

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
  for (const text of texts)
    for (const piece of piecesOf(text)) {
      charactersInTurn += piece.length;
      if (charactersInTurn > PIECE_CHARACTERS) {
        await setImmediate();
        charactersInTurn = piece.length;
      }
      for (const token of tokenize(piece)) tokens.push(token);
      if (tokens.length > most) return undefined;
    }
  return tokens;
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
