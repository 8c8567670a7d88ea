import { isRecord } from "../../../../lib/is-record.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import type { EventRepair } from "../../../relay/event-scanner.ts";
import { itemsOf, parseJson, textOf } from "../../inner/json.ts";
import { finishWithCalls } from "./call-fields.ts";
import { ChoiceCalls } from "./choice-calls.ts";
import { usualContent } from "./usual-content.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An event that may need a correction: one with tool calls, or with content that is a list. */
const MAY_NEED = /"(?:tool_calls|content)": ?\[/;
const FINISH = /"finish_reason": ?"/;
/** OpenAI's limit for `n`. */
const MAX_CHOICES = 128;

/**
 * Corrects what servers of OpenAI's dialect get wrong in a stream, so that its clients can put it together: several tool
 * calls under one index or none, calls without an id or arguments, an end with calls that is `stop`, and content as a list
 * of parts. Other events are looked at, not parsed, and are the very bytes that came.
 */
export class StreamRepair implements EventRepair {
  readonly #choices = new Map<number, ChoiceCalls>();

  mayNeed(text: string): boolean {
    return MAY_NEED.test(text) || (this.#choices.size > 0 && FINISH.test(text));
  }

  repaired(event: Buffer): Buffer {
    const { others, data } = linesOf(event.toString("utf8"));
    const chunk = parseJson(data);
    if (!isRecord(chunk) || !Array.isArray(chunk.choices)) return event;
    const before: Fields[] = [];
    const choices = chunk.choices.map((choice: unknown) =>
      isRecord(choice) ? this.#choice(choice, chunk.id, before) : choice,
    );
    const isSound = before.length === 0 && choices.every((choice, index) => choice === itemsOf(chunk.choices)[index]);
    if (isSound) return event;
    const { usage: _, ...head } = chunk;
    const inserted = before.map((choice) => eventText([], { ...head, choices: [choice] }));
    return Buffer.from([...inserted, eventText(others, { ...chunk, choices })].join(""));
  }

  /** @param before takes the choices of events that must come before this one */
  #choice(choice: Fields, responseId: unknown, before: Fields[]): Fields {
    const index = countOf(choice.index) ?? 0;
    const delta = isRecord(choice.delta) ? choice.delta : {};
    const content = Array.isArray(delta.content) ? usualContent(delta) : {};
    const calls = itemsOf(delta.tool_calls);
    const known = this.#choices.get(index) ?? (calls.length > 0 ? this.#begin(index, responseId) : undefined);
    const corrected = known?.deltas(calls) ?? calls;
    const isOver = textOf(choice.finish_reason) !== undefined;
    const end = isOver && known !== undefined ? known.end(corrected) : { last: corrected, before: [] };
    if (end.before.length > 0)
      before.push({ index, delta: { tool_calls: end.before }, logprobs: null, finish_reason: null });
    const finish = known?.hasCalls === true ? finishWithCalls(choice.finish_reason) : choice.finish_reason;
    const isSound = end.last === calls && finish === choice.finish_reason && Object.keys(content).length === 0;
    if (isSound) return choice;
    const toolCalls = end.last === calls ? {} : { tool_calls: end.last };
    return { ...choice, delta: { ...delta, ...content, ...toolCalls }, finish_reason: finish };
  }

  #begin(index: number, responseId: unknown): ChoiceCalls | undefined {
    if (this.#choices.size >= MAX_CHOICES) return undefined;
    const calls = new ChoiceCalls(responseId);
    this.#choices.set(index, calls);
    return calls;
  }
}

/** The data of an event, and its other lines. */
function linesOf(event: string): { readonly others: readonly string[]; readonly data: string } {
  const lines = event.split(/\r?\n/).filter((line) => line !== "");
  const [data, others] = [lines.filter(isData), lines.filter((line) => !isData(line))];
  return { others, data: data.map((line) => line.slice("data:".length)).join("\n") };
}

function isData(line: string): boolean {
  return line.startsWith("data:");
}

function eventText(others: readonly string[], data: Fields): string {
  return `${[...others, `data: ${JSON.stringify(data)}`].join("\n")}\n\n`;
}
