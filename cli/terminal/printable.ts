/** Control characters that a terminal would obey: all but line feed and tab. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text without what a terminal obeys: such characters, of a provider's model name for example, are written as JSON writes them, `\u001b`. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) =>
    character === "\n" || character === "\t" ? character : escaped(character),
  );
}

/** The same for what is part of a line: a name from outside can't begin another line, which would look like one of ours. */
export function printableLine(text: string): string {
  return text.replace(CONTROLS, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
