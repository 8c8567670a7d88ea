/** A part of an answer that is shown by itself. `text` of a paragraph, a heading and a cell has marks that `parseInline` reads. */
export type Block =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "quote"; readonly text: string }
  | { readonly kind: "list"; readonly start: number | undefined; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "rule" };

const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*)$/;
const RULE = /^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:\*[ \t]*){3,}$|^ {0,3}(?:_[ \t]*){3,}$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const ITEM = /^( {0,3})(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)$/;
const DIVIDER = /^[|:\- \t]+$/;
/** A line beyond this is plain text: patterns are not tried on it. */
const MAX_LINE = 4_000;

/**
 * Cuts an answer in Markdown into blocks. Text that ends in the middle of one, as it does while it streams, is read as if the block
 * ended there. HTML is plain text.
 */
export function parseBlocks(markdown: string): readonly Block[] {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if ((lines[at] ?? "").trim() === "") {
      at += 1;
      continue;
    }
    const [block, next] = readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

type Taken = readonly [Block, number];

function readBlock(lines: readonly string[], at: number): Taken {
  const line = lines[at] ?? "";
  if (line.length > MAX_LINE) return [{ kind: "paragraph", text: line }, at + 1];
  const fence = FENCE.exec(line);
  if (fence !== null) return readFence(lines, at, fence[1] ?? "", (fence[2] ?? "").trim());
  const heading = HEADING.exec(line);
  if (heading !== null) {
    return [{ kind: "heading", level: heading[1]?.length ?? 1, text: (heading[2] ?? "").trim() }, at + 1];
  }
  if (RULE.test(line)) return [{ kind: "rule" }, at + 1];
  if (QUOTE.test(line)) return readQuote(lines, at);
  if (ITEM.test(line)) return readList(lines, at);
  if (line.includes("|") && isDivider(lines[at + 1])) return readTable(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines: readonly string[], at: number, mark: string, info: string): Taken {
  const isClosing = (line: string) => {
    const text = line.trim();
    return text.length >= mark.length && text.startsWith(mark) && text.replaceAll(mark[0] ?? "", "") === "";
  };
  const end = endOf(lines, at + 1, (line) => !isClosing(line));
  const language = /^[\w+#.-]{1,20}/.exec(info)?.[0] ?? "";
  return [{ kind: "code", language, text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function readQuote(lines: readonly string[], at: number): Taken {
  const end = endOf(lines, at, (line) => QUOTE.test(line));
  const text = lines.slice(at, end).map((line) => QUOTE.exec(line)?.[1] ?? "");
  return [{ kind: "quote", text: text.join("\n") }, end];
}

/** An item is its first line without the mark, and the lines that are indented below it, which may have blocks of their own. */
function readList(lines: readonly string[], at: number): Taken {
  const [, indent = "", number] = ITEM.exec(lines[at] ?? "") ?? [];
  const isOrdered = number !== undefined;
  const items: string[][] = [];
  let next = at;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? "";
    const item = line.length > MAX_LINE || RULE.test(line) ? null : ITEM.exec(line);
    if (item !== null && (item[1] ?? "").length < indent.length + 2) {
      if ((item[2] !== undefined) !== isOrdered) break;
      items.push([item[3] ?? ""]);
    } else if (/^(?: {2}|\t)/.test(line)) items.at(-1)?.push(line.replace(/^(?: {2,4}|\t)/, ""));
    else if (line.trim() === "" && isInList(lines[next + 1])) items.at(-1)?.push("");
    else break;
  }
  const texts = items.map((item) => item.join("\n").trimEnd());
  return [{ kind: "list", start: isOrdered ? Number(number) : undefined, items: texts }, Math.max(next, at + 1)];
}

function isInList(line: string | undefined): boolean {
  return line !== undefined && line.length <= MAX_LINE && (/^(?: {2}|\t)\S/.test(line) || ITEM.test(line));
}

function readTable(lines: readonly string[], at: number): Taken {
  const end = endOf(lines, at + 2, (line) => line.includes("|"));
  return [{ kind: "table", head: cellsOf(lines[at] ?? ""), rows: lines.slice(at + 2, end).map(cellsOf) }, end];
}

function isDivider(line: string | undefined): boolean {
  return line?.includes("-") === true && line.includes("|") && line.length <= MAX_LINE && DIVIDER.test(line);
}

function cellsOf(line: string): readonly string[] {
  const text = line.trim();
  const inner = text.slice(text.startsWith("|") ? 1 : 0, text.endsWith("|") ? -1 : undefined);
  return inner.split("|").map((cell) => cell.trim());
}

function readParagraph(lines: readonly string[], at: number): Taken {
  const isMore = (line: string) =>
    line.trim() !== "" && ![FENCE, HEADING, RULE, QUOTE, ITEM].some((other) => other.test(line.slice(0, MAX_LINE)));
  const end = endOf(lines, at + 1, isMore);
  return [{ kind: "paragraph", text: lines.slice(at, end).join("\n") }, end];
}

/** The first line from `start` on that does not belong; the number of lines if all do. */
function endOf(lines: readonly string[], start: number, belongs: (line: string) => boolean): number {
  let end = start;
  while (end < lines.length && belongs(lines[end] ?? "")) end += 1;
  return end;
}
