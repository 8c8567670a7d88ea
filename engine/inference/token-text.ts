import { withoutEnd } from "../../lib/without-end.ts";

/** An incomplete character decodes to this; a later token completes it. */
const HALF = "\uFFFD";
/** A character has at most four bytes, so more tokens than this can't still be one character. */
const MAX_HELD = 4;
/** Tokens before the current one that decide about a leading space (SentencePiece vocabularies). */
const LOOK_BACK = 4;

/** Turns tokens into text piece by piece and holds back incomplete characters. */
export class TokenText<Token> {
  readonly #decode: (tokens: readonly Token[], before: readonly Token[]) => string;
  #held: Token[] = [];
  #before: Token[];

  /** `before` are the prompt's last tokens. */
  constructor(decode: (tokens: readonly Token[], before: readonly Token[]) => string, before: readonly Token[]) {
    this.#decode = decode;
    this.#before = before.slice(-LOOK_BACK);
  }

  push(token: Token): string {
    this.#held.push(token);
    const text = this.#decode(this.#held, this.#before);
    if (text.endsWith(HALF) && this.#held.length < MAX_HELD) return "";
    this.#before = [...this.#before, ...this.#held].slice(-LOOK_BACK);
    this.#held = [];
    return text;
  }

  /** The text ends here: an incomplete character is dropped. */
  flush(): string {
    if (this.#held.length === 0) return "";
    const text = this.#decode(this.#held, this.#before);
    this.#held = [];
    return withoutEnd(text, "\uFFFD");
  }
}
