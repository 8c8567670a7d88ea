import { withoutEnd } from "../../lib/without-end.ts";

/** Turn a prompt into its opposite while its vector hardly moves. */
const NEGATIONS = new Set(["cannot", "neither", "never", "no", "none", "nor", "not", "without"]);
const NUMBER_WORDS = new Set(
  "zero one two three four five six seven eight nine ten eleven twelve hundred thousand million first second third fourth fifth".split(
    " ",
  ),
);
const WORD = /\p{N}[\p{N}.,:/%]*|[\p{L}\p{N}][\p{L}\p{N}'\u2019]*/gu;
/** After these a capital only begins a sentence. */
const SENTENCE_ENDS = ".!?:\n";

/**
 * The exact parts of a text, in its order: numbers, names, negations. Embeddings show little of these: "France's
 * capital" and "Spain's capital", "from English to French" and back, "with" and "without" lie close together. Two
 * prompts are equivalent only if these are equal.
 */
export function particulars(text: string): string {
  const found: string[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const plain = withoutEnd(word.toLowerCase().replace(/['\u2019]s$/, ""), ".,:/");
    if (/n['\u2019]t$/.test(plain) || NEGATIONS.has(plain)) found.push("not");
    else if (/\p{N}/u.test(plain) || NUMBER_WORDS.has(plain)) found.push(plain);
    else if (isName(word, text, index)) found.push(plain);
  }
  return found.join(" ");
}

function isName(word: string, text: string, at: number): boolean {
  if (/^\p{Lu}[\p{Lu}\p{N}]+$/u.test(word)) return true;
  return /^\p{Lu}/u.test(word) && word !== "I" && !beginsSentence(text, at);
}

/** Looks back over blanks alone: a search of all that is before takes quadratic time in the number of capitals. */
function beginsSentence(text: string, at: number): boolean {
  if (at === 0) return true;
  for (let before = at - 1; before >= 0; before--) {
    const character = text.charAt(before);
    if (SENTENCE_ENDS.includes(character)) return true;
    if (character.trim() !== "") return false;
  }
  return false;
}
