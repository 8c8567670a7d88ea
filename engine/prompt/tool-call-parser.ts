import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";

/** Text and calls of a completion with tools, in their order. */
export type ToolCallEvent =
  | { readonly type: "text"; readonly text: string }
  /** `arguments` is the JSON of an object. */
  | { readonly type: "call"; readonly name: string; readonly arguments: string };

export const TOOL_CALL_START = "<tool_call>";
export const TOOL_CALL_END = "</tool_call>";

/**
 * Finds the calls in a completion, as vLLM's parser for Hermes does: `<tool_call>{"name": …, "arguments":
 * {…}}</tool_call>`. Anything else than a call of one of the request's functions stays text. White space around calls
 * is dropped.
 */
export class ToolCallParser {
  readonly #names: ReadonlySet<string>;
  readonly #isParallel: boolean;
  /** Text that may still become a call, or the space before one. */
  #held = "";
  #isAfterCall = false;
  #hasCall = false;

  /**
   * @param names functions that may be called
   * @param isParallel whether there may be several calls; else those after the first are dropped, as in vLLM
   */
  constructor(names: readonly string[], isParallel = true) {
    this.#names = new Set(names);
    this.#isParallel = isParallel;
  }

  /** Parses the next piece of the completion. */
  push(text: string): readonly ToolCallEvent[] {
    this.#held += text;
    return this.#drain(false);
  }

  /** Ends the completion. A last call without its end tag counts: models stop there. */
  end(): readonly ToolCallEvent[] {
    return this.#drain(true);
  }

  #drain(isEnd: boolean): readonly ToolCallEvent[] {
    const events: ToolCallEvent[] = [];
    for (;;) {
      const start = this.#held.indexOf(TOOL_CALL_START);
      if (start < 0) {
        this.#emitText(events, this.#held.length - (isEnd ? 0 : heldBack(this.#held)));
        return events;
      }
      // The space before a call is dropped with it.
      this.#emitText(events, this.#held.slice(0, start).trimEnd().length);
      const inner = this.#held.indexOf(TOOL_CALL_START) + TOOL_CALL_START.length;
      const end = this.#held.indexOf(TOOL_CALL_END, inner);
      if (end < 0 && !isEnd) return events;
      const call = this.#read(this.#held.slice(inner, end < 0 ? undefined : end));
      const length = end < 0 ? this.#held.length : end + TOOL_CALL_END.length;
      if (call === null) this.#emitText(events, length);
      else {
        if (this.#isParallel || !this.#hasCall) events.push(call);
        this.#hasCall = true;
        this.#held = this.#held.slice(length);
        this.#isAfterCall = true;
      }
    }
  }

  /** Emits so many of the held characters as text. */
  #emitText(events: ToolCallEvent[], length: number): void {
    const released = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    const text = this.#isAfterCall ? released.trimStart() : released;
    if (text === "") return;
    this.#isAfterCall = false;
    events.push({ type: "text", text });
  }

  #read(text: string): ToolCallEvent | null {
    const call = parseJson(text);
    if (!isRecord(call)) return null;
    const { name, arguments: parameters = {} } = call;
    if (typeof name !== "string" || !this.#names.has(name) || !isRecord(parameters)) return null;
    return { type: "call", name, arguments: JSON.stringify(parameters) };
  }
}

/** Characters at the end that may belong to a call that begins there. */
function heldBack(text: string): number {
  let length = Math.min(text.length, TOOL_CALL_START.length - 1);
  while (!text.endsWith(TOOL_CALL_START.slice(0, length))) length -= 1;
  return text.length - text.slice(0, text.length - length).trimEnd().length;
}
