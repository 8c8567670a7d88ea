import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { ChatCompletionResponse } from "../../contracts/api/chat.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { type ToolCallEvent, ToolCallParser } from "../prompt/tool-call-parser.ts";
import type { Choice } from "./local-service.ts";
import type { OutputFormat } from "./output-format.ts";

const AnyCall = z.object({ name: z.string(), arguments: z.unknown() });

type AutoFormat = Extract<OutputFormat["kind"], { type: "auto" }>;
type CompletionChoice = ChatCompletionResponse["choices"][number];
type ToolCall = NonNullable<CompletionChoice["message"]["tool_calls"]>[number];
type FinishReason = "stop" | "length" | "tool_calls";

function newCall(name: string, json: string): ToolCall {
  const id = `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  return { id, type: "function", function: { name, arguments: json } };
}

/** A call that was cut off keeps its text, as OpenAI does: the caller sees `length`. */
function toCall(text: string, format: OutputFormat): ToolCall {
  if (format.kind.type === "call") return newCall(format.kind.name, text);
  const call = AnyCall.safeParse(parseJson(text));
  return call.success ? newCall(call.data.name, JSON.stringify(call.data.arguments)) : newCall("", text);
}

/** A whole completion as a message. */
export function toMessage(
  { text, finishReason }: Choice,
  format: OutputFormat,
): Pick<CompletionChoice, "message" | "finish_reason"> {
  const parsed = format.kind.type === "auto" ? readAuto(text, format.kind) : null;
  const content = format.kind.type === "text" ? text : (parsed?.content ?? null);
  const calls = parsed?.calls ?? (format.kind.type === "text" ? [] : [toCall(text, format)]);
  const message = {
    role: "assistant" as const,
    content,
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return { message, finish_reason: finishReason === "stop" && calls.length > 0 ? "tool_calls" : finishReason };
}

function readAuto(text: string, { names, isParallel }: AutoFormat) {
  const parser = new ToolCallParser(names, isParallel);
  const events = [...parser.push(text), ...parser.end()];
  const calls = events.flatMap((event) => (event.type === "call" ? [newCall(event.name, event.arguments)] : []));
  const content = events.map((event) => (event.type === "text" ? event.text : "")).join("");
  return { calls, content: content === "" && calls.length > 0 ? null : content };
}

/**
 * Converts pieces into deltas: text as it is, a forced call's arguments piece by piece, any other call when it is
 * whole.
 */
export class DeltaWriter {
  readonly #format: OutputFormat;
  readonly #parser: ToolCallParser | null;
  #text = "";
  #calls = 0;

  constructor(format: OutputFormat) {
    this.#format = format;
    const { kind } = format;
    this.#parser = kind.type === "auto" ? new ToolCallParser(kind.names, kind.isParallel) : null;
  }

  piece(text: string): readonly object[] {
    if (this.#parser !== null) return this.#deltasOf(this.#parser.push(text));
    this.#text += text;
    if (this.#format.kind.type === "text") return [{ content: text }];
    if (this.#format.kind.type === "any-call") return [];
    if (this.#calls > 0) return [{ tool_calls: [{ index: 0, function: { arguments: text } }] }];
    return [this.#call(toCall(text, this.#format))];
  }

  end(): readonly object[] {
    if (this.#parser !== null) return this.#deltasOf(this.#parser.end());
    return this.#format.kind.type === "any-call" ? [this.#call(toCall(this.#text, this.#format))] : [];
  }

  /** The reason of the end, once the whole completion was written. */
  reasonOf(reason: "stop" | "length"): FinishReason {
    return reason === "stop" && this.#calls > 0 ? "tool_calls" : reason;
  }

  #deltasOf(events: readonly ToolCallEvent[]): readonly object[] {
    return events.map((event) =>
      event.type === "text" ? { content: event.text } : this.#call(newCall(event.name, event.arguments)),
    );
  }

  #call(call: ToolCall): object {
    return { tool_calls: [{ index: this.#calls++, ...call }] };
  }
}
