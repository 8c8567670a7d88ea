/**
 * The longest run of letters that is one token in any current vocabulary, in characters, and of digits: vocabularies of
 * 32,000 to 260,000 entries have words of some 20 letters, and split numbers after 3 digits or after each.
 */
const LETTERS_PER_TOKEN = 16;
const DIGITS_PER_TOKEN = 3;
/** Characters of Chinese, Japanese and Korean text in one token, at most on average: entries of over 4 are rare. */
const IDEOGRAPHS_PER_TOKEN = 4;
/** Vocabularies that are not cut at punctuation may join two words: half of the words is certain. */
const CERTAIN_SHARE = 0.5;

/** From here on scripts are written without spaces. */
const FIRST_IDEOGRAPH = 0x2e80;

/**
 * Tokens that a text has at the very least, whatever the tokenizer: nearly all of them begin a new token at each word. An
 * estimate that refuses a request goes by this one, as code has up to 7 bytes a token and prose 5.
 * @param enough stops counting there
 */
export function leastTokens(text: string, enough = Number.POSITIVE_INFINITY): number {
  let tokens = 0;
  let letters = 0;
  let digits = 0;
  let ideographs = 0;
  const close = (): void => {
    tokens += Math.ceil(letters / LETTERS_PER_TOKEN) + Math.ceil(digits / DIGITS_PER_TOKEN);
    letters = 0;
    digits = 0;
  };
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isLetter(code)) letters++;
    else if (code >= 0x30 && code <= 0x39) digits++;
    else {
      if (letters > 0 || digits > 0) close();
      if (code >= FIRST_IDEOGRAPH) ideographs++;
      if (tokens * CERTAIN_SHARE >= enough) break;
    }
  }
  close();
  return Math.floor((tokens + ideographs / IDEOGRAPHS_PER_TOKEN) * CERTAIN_SHARE);
}

/** An apostrophe is part of a word: `don't` may be one token. */
function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x27;
  return code >= 0xc0 && code < FIRST_IDEOGRAPH && (code < 0x2000 || code > 0x206f);
}
