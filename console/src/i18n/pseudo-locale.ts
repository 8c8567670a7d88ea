/** A text as the build compiles it (`console/compile-messages.ts`): a plain one is a string. */
export type CompiledText = string | readonly CompiledPart[];
/** Text, the number of a plural (0), or a placeholder: its name, and for some a kind with what belongs to it. */
type CompiledPart = string | number | readonly [name: string, ...rest: readonly unknown[]];

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

/** A text as `en-XA` shows it: in brackets, with accents, a third longer. Placeholders and tags stay as they are. */
export function pseudoText(text: CompiledText): CompiledText {
  const parts = typeof text === "string" ? [text] : text;
  const length = JSON.stringify(text).length - 2;
  const accented = parts.map(accentedPart);
  const shown = ["⟦", ...accented, `${"·".repeat(Math.ceil(length / 3))}⟧`];
  return shown.every((part) => typeof part === "string") ? shown.join("") : shown;
}

function accentedPart(part: CompiledPart): CompiledPart {
  if (typeof part === "string") return [...part].map((character) => ACCENTED[character] ?? character).join("");
  if (typeof part === "number") return part;
  const [name, kind, ...rest] = part;
  // A tag has its parts where other placeholders have the number of their kind.
  if (typeof kind !== "number") return [name, ...part.slice(1).map((inner) => accentedPart(inner as CompiledPart))];
  return [name, kind, ...rest.map(accentedCases)];
}

/** The cases of a plural or a selection, each a text; the style of a number or a date stays. */
function accentedCases(cases: unknown): unknown {
  if (typeof cases !== "object" || cases === null || !("other" in cases)) return cases;
  const texts = cases as Readonly<Record<string, CompiledText | number>>;
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      typeof text === "object" ? text.map(accentedPart) : accentedPart(text),
    ]),
  );
}
