const ACCENTED: Readonly<Record<string, string>> = {
  a: "á",
  c: "ç",
  d: "ð",
  e: "é",
  i: "í",
  n: "ñ",
  o: "ö",
  s: "š",
  u: "ü",
  y: "ý",
  A: "Å",
  E: "É",
  O: "Ø",
  S: "Š",
};

/**
 * A message as `en-XA` shows it: in brackets, with accents, a third longer. Placeholders, tags and the syntax of ICU's message format
 * stay as they are.
 */
export function pseudoText(message: string): string {
  let depth = 0;
  let isTag = false;
  let text = "";
  for (const character of message) {
    if (character === "{") depth += 1;
    if (character === "<") isTag = true;
    // Text is outside of braces, or in those of a plural's cases, which are two deep.
    text += depth % 2 === 0 && !isTag ? (ACCENTED[character] ?? character) : character;
    if (character === "}") depth -= 1;
    if (character === ">") isTag = false;
  }
  return `⟦${text}${"·".repeat(Math.ceil(message.length / 3))}⟧`;
}
