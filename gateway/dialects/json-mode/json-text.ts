import { isRecord } from "../../../lib/is-record.ts";

/** For providers that have JSON with a schema alone: it follows the client's own instructions. */
export const JSON_INSTRUCTION =
  "Respond with one valid JSON object. Write nothing before or after it, and no Markdown fence around it.";

/** Whether a chat completion must be a JSON object of any schema. */
export function wantsJsonObject({ response_format: format }: Readonly<Record<string, unknown>>): boolean {
  return isRecord(format) && format.type === "json_object";
}

const FENCE = "```";
/** Text that may belong to a fence is held until more of it shows that it does not; a fence's line is shorter. */
const MAX_HELD_CHARACTERS = 1000;

/** Text of a model that was instructed to write JSON, without the Markdown fence that models put around it all the same. */
export class JsonText {
  #kind: "unknown" | "plain" | "fenced" = "unknown";
  #held = "";

  /** @returns the text that is certain by now */
  push(text: string): string {
    const all = this.#held + text;
    this.#held = "";
    if (this.#kind === "plain") return all;
    return this.#kind === "fenced" ? this.#fenced(all) : this.#begin(all);
  }

  /** The text is over. @returns the rest of it */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return this.#kind === "fenced" && rest.trim() === FENCE ? "" : rest;
  }

  #begin(all: string): string {
    const start = all.trimStart();
    const line = start.indexOf("\n");
    const isCut = start.startsWith(FENCE) ? line === -1 : FENCE.startsWith(start);
    if (isCut && all.length <= MAX_HELD_CHARACTERS) {
      this.#held = all;
      return "";
    }
    this.#kind = start.startsWith(FENCE) && !isCut ? "fenced" : "plain";
    return this.#kind === "plain" ? all : this.#fenced(start.slice(line + 1));
  }

  #fenced(all: string): string {
    const at = lastLineStart(all);
    if (all.length - at > MAX_HELD_CHARACTERS) return all;
    this.#held = all.slice(at);
    return all.slice(0, at);
  }
}

/** Where white space begins at the end of a text, or before the part of a fence that is there. */
function lastLineStart(text: string): number {
  const trimmed = text.trimEnd();
  let end = trimmed.length;
  while (trimmed.length - end < FENCE.length && trimmed[end - 1] === "`") end--;
  return trimmed.slice(0, end).trimEnd().length;
}

/** The same for a whole text. */
export function withoutFence(text: string): string {
  const json = new JsonText();
  return json.push(text) + json.end();
}
