/** Text with marks, as a tree. What is not understood is plain text. */
export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "deleted"; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** Marks inside marks beyond this depth are plain text. */
const MAX_DEPTH = 4;
const PAIRS = [
  ["**", "strong"],
  ["~~", "deleted"],
  ["*", "emphasis"],
] as const;
const MARKS = /[`*~[!\\]/g;
const ESCAPABLE = /[\\`*_{}[\]()#+\-.!~|>]/;

/**
 * Reads `code`, **strong**, *emphasis*, ~~deleted~~ and links. The time grows linearly with the text, whatever a model writes: each
 * closing mark is looked for once.
 */
export function parseInline(text: string, depth = 0): readonly Inline[] {
  const found: Inline[] = [];
  const closers = new Map<string, number>();
  const find = (mark: string, from: number): number => {
    const known = closers.get(mark);
    if (known !== undefined && (known === -1 || known >= from)) return known;
    const index = text.indexOf(mark, from);
    closers.set(mark, index);
    return index;
  };
  let plain = "";
  let at = 0;
  while (at < text.length) {
    MARKS.lastIndex = at;
    const next = MARKS.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    at = next;
    if (at === text.length) break;
    if (text[at] === "\\" && ESCAPABLE.test(text[at + 1] ?? "")) {
      plain += text[at + 1];
      at += 2;
      continue;
    }
    const read = readMark(text, at, find, depth);
    if (read === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== "") found.push({ kind: "text", text: plain });
    plain = "";
    found.push(read.inline);
    at = read.end;
  }
  if (plain !== "") found.push({ kind: "text", text: plain });
  return found;
}

interface Read {
  readonly inline: Inline;
  /** Index after the closing mark. */
  readonly end: number;
}

type Find = (mark: string, from: number) => number;

function readMark(text: string, at: number, find: Find, depth: number): Read | undefined {
  if (text[at] === "`") return readCode(text, at, find);
  if (text[at] === "[") return readLink(text, at, find);
  // A picture is shown as a link to it: nothing is loaded from another place because a model says so.
  if (text[at] === "!") return text[at + 1] === "[" ? readLink(text, at + 1, find) : undefined;
  if (depth >= MAX_DEPTH) return undefined;
  for (const [mark, kind] of PAIRS) {
    if (!text.startsWith(mark, at)) continue;
    const start = at + mark.length;
    let end = find(mark, start);
    // Of three marks, the last two close: the first belongs to what is inside.
    while (mark === "**" && end > start && text[end + 2] === "*") end += 1;
    if (end <= start || /\s/.test(text[start] ?? "") || /\s/.test(text[end - 1] ?? "")) return undefined;
    return { inline: { kind, children: parseInline(text.slice(start, end), depth + 1) }, end: end + mark.length };
  }
  return undefined;
}

function readCode(text: string, at: number, find: Find): Read | undefined {
  const mark = text.startsWith("``", at) ? "``" : "`";
  const start = at + mark.length;
  const end = find(mark, start);
  if (end <= start) return undefined;
  return { inline: { kind: "code", text: text.slice(start, end).trim() }, end: end + mark.length };
}

function readLink(text: string, at: number, find: Find): Read | undefined {
  const close = find("](", at + 1);
  if (close === -1) return undefined;
  const inner = find("[", at + 1);
  if (inner !== -1 && inner < close) return undefined;
  const end = find(")", close + 2);
  if (end === -1) return undefined;
  const href = safeHref(
    text
      .slice(close + 2, end)
      .trim()
      .split(/\s/)[0] ?? "",
  );
  if (href === undefined) return undefined;
  return { inline: { kind: "link", text: text.slice(at + 1, close) || href, href }, end: end + 1 };
}

/** The address of a link that may be opened; `undefined` for script, data, files and addresses of this site. */
export function safeHref(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const { protocol, href } = new URL(value);
  return ["http:", "https:", "mailto:"].includes(protocol) ? href : undefined;
}
