import { createContext, Script } from "node:vm";
import { parseAst } from "vite";
import { isRecord } from "../../lib/is-record.ts";

/** A pattern in the code, and where it is. */
export interface Pattern {
  readonly path: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

/** Quadratic time on so many characters is nearly a billion steps: seconds, where linear time is under a millisecond. */
const PUMPED_CHARACTERS = 40_000;
/** The same of a repeated word, as a search begins at each word and not at each character. */
const WORD_CHARACTERS = 100_000;
/** CPU time of one search, in ms. Far from both. */
const SLOW_MS = 200;
/** CPU time of a pattern's searches of all texts, in ms: about 10 where it is linear. One that takes longer is looked at text by text. */
const FIRST_LOOK_MS = 100;
/** What patterns look for most, whatever letters they have. */
const USUAL = [" ", "\n", "a", "A", "1", ".", '"', "\\", "/"];
const MAX_ALPHABET = 11;
/** A word within a pattern: a search for what may follow it begins anew at each of them. */
const WORD = /[A-Za-z]{3,}/g;

/** Every regular expression literal of a file. */
export function patternsOf(path: string, text: string): readonly Pattern[] {
  const found: Pattern[] = [];
  const open: unknown[] = [parseAst(text, { lang: "ts" })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== "object" || node === null) continue;
    const { regex, start } = node as {
      readonly regex?: { readonly pattern: string; readonly flags: string };
      readonly start?: number;
    };
    if (regex !== undefined && regex !== null) {
      const line = text.slice(0, start).split("\n").length;
      found.push({ path, line, source: regex.pattern, flags: regex.flags });
    } else open.push(...(Array.isArray(node) ? node : Object.values(node)));
  }
  return found;
}

/**
 * Searches long texts of one or two repeated characters, which are what makes a backtracking search slow.
 * @returns the start of a text for which the search did not end, or `undefined` when all ended
 */
export function slowText({ source, flags }: Pick<Pattern, "source" | "flags">): string | undefined {
  const context = createContext({ pattern: new RegExp(source, flags), texts: [] });
  const search = new Script("for (const text of texts) { pattern.lastIndex = 0; pattern.exec(text); }");
  // V8 stops a search by the clock, which goes on while a busy machine does something else: what counts is the CPU time.
  const isSlow = (texts: readonly string[], limitMs: number): boolean => {
    context.texts = texts;
    for (let timeout = 2 * limitMs; ; timeout *= 2) {
      const before = process.threadCpuUsage();
      try {
        search.runInContext(context, { timeout });
        return false;
      } catch (error) {
        if (!isRecord(error) || error.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
        const { user, system } = process.threadCpuUsage(before);
        if ((user + system) / 1000 >= limitMs) return true;
      }
    }
  };
  const texts = [...pumpedTexts(source)];
  if (!isSlow(texts, FIRST_LOOK_MS)) return undefined;
  return texts.find((text) => isSlow([text], SLOW_MS))?.slice(0, 20);
}

function* pumpedTexts(source: string): Generator<string> {
  const written = source.replaceAll(/\\u\{?([0-9a-fA-F]{2,4})\}?|\\x([0-9a-fA-F]{2})/g, (_, long, short) =>
    String.fromCodePoint(Number.parseInt(long ?? short, 16)),
  );
  const alphabet = [...new Set([...USUAL, ...written.replaceAll(/\\[nrtsdwpbWDSN]|[()[\]|^$*+?{}]/g, "")])];
  const characters = alphabet.slice(0, MAX_ALPHABET);
  const literal = /^\^?([\w -]+)/.exec(written)?.[1] ?? "";
  const units = [...characters, ...characters.flatMap((one) => characters.map((other) => one + other))];
  if (literal.length > 1) units.push(literal, `${literal} `);
  for (const unit of units) {
    const pumped = unit.repeat(PUMPED_CHARACTERS / unit.length);
    yield `${pumped}\u0000\n`;
    if (literal !== "") yield `${literal}${pumped}\u0000\n`;
  }
  for (const word of new Set(written.match(WORD))) yield word.repeat(WORD_CHARACTERS / word.length);
}
