import { LOG_LEVELS, type LogFilter, type LogLevel, type LogLine } from "../../../contracts/live/log-lines.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import type { LineOutput } from "../../metrics/line-output.ts";
import { redact } from "./redact.ts";

/** Lines that a thread has in memory: of 20 requests a second, the last 100 s. */
const MAX_LINES = 2000;
/** Characters of all these lines; a request's line has some 500. */
const MAX_CHARACTERS = 2_000_000;
/** Of a line that is held whole. Of a longer one, its beginning is shown. */
const MAX_LINE_CHARACTERS = 8000;
/** Of the lines that one list has of a thread. */
const MAX_LISTED_CHARACTERS = 200_000;

/** What one thread has that matches, the newest first. */
export interface MatchingLines {
  readonly lines: readonly LogLine[];
  /** Whether more match than were taken. */
  readonly hasMore: boolean;
}

/**
 * The newest lines of one thread's log. A line costs the reference to its text; it is parsed, and looked through for secrets, when somebody
 * reads it.
 */
export class RecentLines {
  readonly #wallClock: () => number;
  readonly #texts: string[] = new Array(MAX_LINES).fill("");
  readonly #times = new Float64Array(MAX_LINES);
  /** Lines that were ever added. */
  #next = 0;
  /** The oldest one that is held. */
  #first = 0;
  #characters = 0;

  /** @param wallClock milliseconds since 1970 @default - Date.now */
  constructor(wallClock: () => number = Date.now) {
    this.#wallClock = wallClock;
  }

  /** @param text one line of JSON, with or without its line break */
  add(text: string): void {
    const line = text.length > MAX_LINE_CHARACTERS ? shortened(text) : text;
    while (this.#next - this.#first >= MAX_LINES || this.#characters + line.length > MAX_CHARACTERS) this.#drop();
    const at = this.#next % MAX_LINES;
    this.#texts[at] = line;
    this.#times[at] = this.#wallClock();
    this.#characters += line.length;
    this.#next += 1;
  }

  /** @param gateway id of the thread */
  matching(filter: LogFilter, gateway: string): MatchingLines {
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit } = filter;
    const matches = matcher(filter);
    const lines: LogLine[] = [];
    let characters = 0;
    for (let number = this.#next - 1; number >= this.#first; number -= 1) {
      const time = this.#times[number % MAX_LINES] ?? 0;
      if (time < since) break;
      const text = this.#texts[number % MAX_LINES] ?? "";
      if (time > until) continue;
      const found = matches(text);
      if (found === undefined) continue;
      if (lines.length >= limit || characters >= MAX_LISTED_CHARACTERS) return { lines, hasMore: true };
      characters += text.length;
      lines.push({ id: `${gateway}-${number}`, gateway, at: new Date(time).toISOString(), ...found });
    }
    return { lines, hasMore: false };
  }

  #drop(): void {
    const at = this.#first % MAX_LINES;
    this.#characters -= this.#texts[at]?.length ?? 0;
    this.#texts[at] = "";
    this.#first += 1;
  }
}

/** Passes lines on, and adds them to the recent ones. */
export function withRecentLines(output: LineOutput, recent: RecentLines): LineOutput {
  return {
    write(text: string) {
      recent.add(text);
      return output.write(text);
    },
  };
}

type ShownLine = Pick<LogLine, "level" | "message" | "fields">;

/** @returns a function that has the line as it is shown, or `undefined` where it does not match */
function matcher(filter: LogFilter): (text: string) => ShownLine | undefined {
  const { request, project, model, text: wanted } = filter;
  const fields = { requestId: request, keyId: filter.key?.replace(/^key_/, ""), projectId: project, model };
  const exact = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // A line without them anywhere needs not be parsed.
  const parts = exact.map(([, value]) => JSON.stringify(value));
  const small = wanted?.toLowerCase();
  const levels = filter.level === undefined ? undefined : LOG_LEVELS.slice(LOG_LEVELS.indexOf(filter.level));
  return (text) => {
    if (!parts.every((part) => text.includes(part))) return undefined;
    // What is not shown can't be found either: by a filter one could else guess it letter by letter.
    const shown = redact(text);
    if (small !== undefined && !shown.toLowerCase().includes(small)) return undefined;
    const line = parseJson(shown);
    if (!isRecord(line)) return undefined;
    const { level, msg, time: _time, ...rest } = line;
    if (levels !== undefined && !levels.includes(level as LogLevel)) return undefined;
    if (!exact.every(([name, value]) => rest[name] === value)) return undefined;
    return { level: String(level), message: typeof msg === "string" ? msg : "", fields: rest };
  };
}

/** A long line with its level, and the beginning of its text, so that it is still JSON. */
function shortened(text: string): string {
  const line = parseJson(text);
  const { level = "info", requestId, msg } = isRecord(line) ? line : {};
  const beginning = redact(text).slice(0, MAX_LINE_CHARACTERS / 2);
  return JSON.stringify({
    ...(typeof requestId === "string" ? { requestId: requestId.slice(0, 200) } : {}),
    level: String(level).slice(0, 20),
    msg: typeof msg === "string" ? msg.slice(0, 200) : "",
    shortened: beginning,
    characters: text.length,
  });
}
