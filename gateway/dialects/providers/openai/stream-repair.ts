import { isRecord } from "../../../../lib/is-record.ts";
import { parseEvent } from "../../../outside-values/json-texts.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import type { EventRepair } from "../../../relay/event-scanner.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { finishWithCalls } from "./call-fields.ts";
import { ChoiceCalls } from "./choice-calls.ts";
import { type ChunkForm, hasOtherForm, isSoundChoice, mayHaveOtherForm } from "./chunk-forms.ts";
import { withoutFunctionCall } from "./function-call.ts";
import { isResponseId, madeResponseId } from "./response-ids.ts";
import { usualContent } from "./usual-content.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * An event that may need a correction, or may be malformed: every one but those whose fields have the usual values, with any
 * white space around the colons, and whose keys are not written with escapes. What it matches is parsed.
 */
const MAY_NEED = new RegExp(
  [
    /"tool_calls"\s*:\s*(?![\s[]|null)|"tool_calls"\s*:\s*\[\s*(?![\s\]])/,
    /"function_call"\s*:\s*(?!\s|null)/,
    /"(?:content|refusal|finish_reason)"\s*:\s*(?![\s"]|null)/,
    /"delta"\s*:\s*(?![\s{])/,
    /"choices"\s*:\s*(?![\s[])|"choices"\s*:\s*\[\s*(?![\s{\]])/,
    /\\u00[4-7]/,
  ]
    .map(({ source }) => source)
    .join("|"),
);
const FINISH = /"finish_reason"\s*:\s*"/;
/** Most servers begin each event with its id. */
const BEGINS_WITH_ID = /^data: ?\{"id": ?"(?!(?:(?:chat)?cmpl-)?")/;
const EMPTY = Buffer.alloc(0);
/** OpenAI's limit for `n`. */
const MAX_CHOICES = 128;

export interface StreamRepairOptions {
  /** Whether the client knows the form that came before `tool_calls` alone. @default false */
  readonly keepsFunctionCalls?: boolean | undefined;
  /** What the client reads of a choice: a choice of the other form is malformed. @default - either */
  readonly form?: ChunkForm | undefined;
}

/**
 * Corrects what servers of OpenAI's dialect get wrong in a stream, so that its clients can put it together: several tool
 * calls under one index or none, calls without an id or arguments, or in the form that came before `tool_calls`, an end with
 * calls that is `stop`, content as a list of parts, events without an id, and those that have null for a list. Other events are
 * looked at, not parsed, and are the very bytes that came. An event with a part that clients could not read, such as a
 * call that begins without its name or the text of another endpoint's form, is malformed.
 */
export class StreamRepair implements EventRepair {
  readonly #choices = new Map<number, ChoiceCalls>();
  readonly #keepsFunctionCalls: boolean;
  readonly #form: ChunkForm | undefined;
  /** Whether the events have an id; `undefined` before the first with a choice. */
  #hasIds: boolean | undefined = undefined;
  #madeId = "";

  constructor({ keepsFunctionCalls = false, form }: StreamRepairOptions = {}) {
    this.#keepsFunctionCalls = keepsFunctionCalls;
    this.#form = form;
  }

  mayNeed(text: string): boolean {
    if (this.#hasIds === undefined && BEGINS_WITH_ID.test(text)) this.#hasIds = true;
    if (this.#hasIds !== true) return true;
    return this.mayBeMalformed(text) || (this.#choices.size > 0 && FINISH.test(text));
  }

  /** Whether an event by itself may have a part that no client could read. @param text with one character a byte */
  mayBeMalformed(text: string): boolean {
    return MAY_NEED.test(text) || (this.#form !== undefined && mayHaveOtherForm(text, this.#form));
  }

  repaired(event: Buffer): Buffer | undefined {
    const { others, data } = linesOf(event.toString("utf8"));
    const chunk = parseEvent(data);
    if (!isRecord(chunk)) return event;
    if (chunk.choices === null)
      return isRecord(chunk.usage) ? Buffer.from(eventText(others, { ...chunk, choices: [] })) : EMPTY;
    if (!Array.isArray(chunk.choices)) return event;
    const own = itemsOf(chunk.choices);
    const id = this.#idOf(chunk, own.length > 0);
    const before: Fields[] = [];
    const records = own.filter(isRecord);
    if (!records.every((choice) => this.#isSound(choice))) return undefined;
    const choices = records.map((choice) => this.#choice(choice, id, before));
    if ([...this.#choices.values()].some(({ hasNameless }) => hasNameless)) return undefined;
    const areSound = choices.length === own.length && choices.every((choice, index) => choice === own[index]);
    if (before.length === 0 && areSound && id === chunk.id) return event;
    const { usage: _, ...head }: Fields = { ...chunk, id };
    const inserted = before.map((choice) => eventText([], { ...head, choices: [choice] }));
    return Buffer.from([...inserted, eventText(others, { ...chunk, id, choices })].join(""));
  }

  #isSound(choice: Fields): boolean {
    return isSoundChoice(choice) && (this.#form === undefined || !hasOtherForm(choice, this.#form));
  }

  /** Events before the first choice are the server's about the prompt, which may have none. */
  #idOf({ id, object }: Fields, hasChoices: boolean): unknown {
    if (isResponseId(id)) {
      if (hasChoices) this.#hasIds ??= true;
      return id;
    }
    if (!hasChoices && this.#hasIds === undefined) return id;
    this.#hasIds ??= false;
    if (this.#hasIds) return id;
    if (this.#madeId === "") this.#madeId = madeResponseId(object === "text_completion" ? object : undefined);
    return this.#madeId;
  }

  /** @param before takes the choices of events that must come before this one */
  #choice(choice: Fields, responseId: unknown, before: Fields[]): Fields {
    const index = countOf(choice.index) ?? 0;
    const own = isRecord(choice.delta) ? choice.delta : {};
    const delta = this.#keepsFunctionCalls ? own : withoutFunctionCall(own);
    const content = Array.isArray(delta.content) ? usualContent(delta) : {};
    const calls = itemsOf(delta.tool_calls);
    const known = this.#choices.get(index) ?? (calls.length > 0 ? this.#begin(index, responseId) : undefined);
    const corrected = known?.deltas(calls) ?? calls;
    const isOver = textOf(choice.finish_reason) !== undefined;
    const end = isOver && known !== undefined ? known.end(corrected) : { last: corrected, before: [] };
    if (end.before.length > 0)
      before.push({ index, delta: { tool_calls: end.before }, logprobs: null, finish_reason: null });
    const finish = known?.hasCalls === true ? finishWithCalls(choice.finish_reason) : choice.finish_reason;
    const isDelta = choice.delta === undefined || delta === choice.delta;
    const isSound =
      isDelta && end.last === calls && finish === choice.finish_reason && Object.keys(content).length === 0;
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

/** Whether an event by itself has a part that no client could read. @param text the event with one character a byte */
export function isMalformedEvent(event: Buffer, text: string, form?: ChunkForm): boolean {
  const repair = new StreamRepair({ form });
  return repair.mayBeMalformed(text) && repair.repaired(event) === undefined;
}
