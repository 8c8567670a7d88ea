import { ERRORS, type ErrorBody, type ErrorCode } from "../../../contracts/api/errors.ts";
import type { FinishReason, Usage } from "../../../contracts/api/sampling.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import { parseEvent } from "../../outside-values/json-texts.ts";
import { countOf } from "../../outside-values/token-count.ts";
import { itemsOf, textOf } from "./json.ts";
import { splitContent } from "./split-content.ts";
import type { SseEvent } from "./sse-reader.ts";

/** The end of a stream of chat completion events. */
export const DONE_EVENT = "data: [DONE]\n\n";

/** An error as the last event of such a stream. */
export function errorEvent(body: ErrorBody): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

const PROMPT_USAGE = ',"prompt_usage":';
/** The field as the writer below has it. In a text, its quotes would have backslashes. */
const PROMPT_USAGE_FIELD = /,"prompt_usage":\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/;

/** The last field of an event: Anthropic's own event, for a client of Messages. */
const OWN_EVENT = ',"anthropic_event":';
const EVENT_END = "}\n\n";

/** Events, the last of which has the event of Anthropic's that they are a translation of. */
export function withOwnEvent(events: string, own: Readonly<Record<string, unknown>>): string {
  return `${events.slice(0, -EVENT_END.length)}${OWN_EVENT}${JSON.stringify(own)}${EVENT_END}`;
}

/** Anthropic's own event in the data of an event, as JSON; `undefined` where there is none. */
export function ownEventOf(data: string): string | undefined {
  const at = data.indexOf(OWN_EVENT);
  return at === -1 ? undefined : data.slice(at + OWN_EVENT.length, -1);
}

/** Whole events without the fields that clients of chat completions do not know. */
export function withoutInnerFields(events: Buffer): Buffer {
  const hasOwn = events.includes(OWN_EVENT);
  if (!hasOwn && !events.includes(PROMPT_USAGE)) return events;
  const text = events.toString("utf8");
  const plain = hasOwn
    ? text
        .split(/(?<=\n\n)/)
        .map(withoutOwnEvent)
        .join("")
    : text;
  return Buffer.from(plain.replace(PROMPT_USAGE_FIELD, ""));
}

function withoutOwnEvent(event: string): string {
  const at = event.indexOf(OWN_EVENT);
  if (at === -1) return event;
  const chat = event.slice(0, at);
  // Nothing else was in it.
  return chat.endsWith('"choices":[]') ? "" : chat + EVENT_END;
}

/** Writes the events of one streamed chat completion. */
export class ChatEventWriter {
  readonly #head: string;

  constructor(head: { readonly id: string; readonly created: number; readonly model: string }) {
    const { id, created, model } = head;
    const fields = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
    this.#head = `data: ${fields.slice(0, -1)},"choices":[`;
  }

  /** The first event. @param promptUsage of the prompt, where the provider sends it at the start */
  start(promptUsage?: Usage): string {
    const choice = { index: 0, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null };
    // Not under `usage`: clients of chat completions add up what is in several events.
    const usage = promptUsage === undefined ? "" : `${PROMPT_USAGE}${JSON.stringify(promptUsage)}`;
    return `${this.#head}${JSON.stringify(choice)}]${usage}}\n\n`;
  }

  /** @param extra more fields of the choice */
  delta(
    delta: Readonly<Record<string, unknown>>,
    finishReason: FinishReason | null = null,
    extra: Readonly<Record<string, unknown>> = {},
  ): string {
    const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason, ...extra };
    return `${this.#head}${JSON.stringify(choice)}]}\n\n`;
  }

  /** An event without a choice, for fields that only clients of other dialects know. */
  empty(): string {
    return `${this.#head}]}\n\n`;
  }

  /** @returns no event where the provider sent no usage */
  usage(usage: Usage | undefined): string {
    return usage === undefined ? "" : `${this.#head}],"usage":${JSON.stringify(usage)}}\n\n`;
  }
}

/** One event of a streamed chat completion, parsed. */
export type ChatDelta =
  | { readonly kind: "text" | "reasoning" | "refusal"; readonly text: string }
  | { readonly kind: "thinking-blocks"; readonly blocks: readonly unknown[] }
  | { readonly kind: "annotations"; readonly annotations: readonly unknown[] }
  | {
      readonly kind: "tool";
      readonly index: number;
      readonly id: string | undefined;
      readonly name: string | undefined;
      readonly arguments: string;
    }
  | { readonly kind: "finish"; readonly reason: string; readonly stopSequence: string | undefined }
  | { readonly kind: "usage"; readonly usage: ChatUsage }
  | { readonly kind: "prompt-usage"; readonly usage: ChatUsage }
  | { readonly kind: "done" };

export interface ChatUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Of the prompt, those that a provider put into its cache. */
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

/** @throws {GatewayError} the error that the event is, or `upstream_error` when it is no chat completion event */
export function readChatEvent({ data }: SseEvent): readonly ChatDelta[] {
  if (data.trim() === "[DONE]") return [{ kind: "done" }];
  const event = parseEvent(data);
  if (!isRecord(event)) throw new GatewayError("upstream_error");
  if (event.error !== undefined && event.error !== null) throw errorOfEvent(event.error);
  const choice = itemsOf(event.choices).find((item) => isRecord(item) && (item.index ?? 0) === 0);
  const usage = readUsage(event.usage);
  const promptUsage = readUsage(event.prompt_usage);
  return [
    ...(promptUsage === undefined ? [] : [{ kind: "prompt-usage", usage: promptUsage } as const]),
    ...(isRecord(choice) ? deltasOf(choice) : []),
    ...(usage === undefined ? [] : [{ kind: "usage", usage } as const]),
  ];
}

function deltasOf(choice: Readonly<Record<string, unknown>>): readonly ChatDelta[] {
  const delta = isRecord(choice.delta) ? choice.delta : {};
  const deltas: ChatDelta[] = [];
  const content = splitContent(delta.content);
  const reasoning = textOf(delta.reasoning_content) ?? textOf(delta.reasoning) ?? textOf(content.thinking);
  if (reasoning !== undefined) deltas.push({ kind: "reasoning", text: reasoning });
  if (Array.isArray(delta.thinking_blocks)) deltas.push({ kind: "thinking-blocks", blocks: delta.thinking_blocks });
  const text = textOf(content.text);
  if (text !== undefined) deltas.push({ kind: "text", text });
  if (itemsOf(delta.annotations).length > 0)
    deltas.push({ kind: "annotations", annotations: itemsOf(delta.annotations) });
  const refusal = textOf(delta.refusal);
  if (refusal !== undefined) deltas.push({ kind: "refusal", text: refusal });
  for (const [position, call] of itemsOf(delta.tool_calls).entries()) {
    if (!isRecord(call)) throw new GatewayError("upstream_error");
    const called = isRecord(call.function) ? call.function : {};
    deltas.push({
      kind: "tool",
      index: countOf(call.index) ?? position,
      id: textOf(call.id),
      name: textOf(called.name),
      arguments: textOf(called.arguments) ?? "",
    });
  }
  const reason = textOf(choice.finish_reason);
  if (reason !== undefined) deltas.push({ kind: "finish", reason, stopSequence: textOf(choice.stop_reason) });
  return deltas;
}

/** The counts of a response or event in OpenAI's dialect; `undefined` where there are none. */
export function readUsage(usage: unknown): ChatUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const prompt = isRecord(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const completion = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const promptTokens = countOf(usage.prompt_tokens);
  if (promptTokens === undefined) return undefined;
  const cachedTokens = Math.min(countOf(prompt.cached_tokens) ?? 0, promptTokens);
  return {
    promptTokens,
    completionTokens: countOf(usage.completion_tokens) ?? 0,
    cachedTokens,
    cacheWriteTokens: Math.min(countOf(prompt.cache_write_tokens) ?? 0, promptTokens - cachedTokens),
    reasoningTokens: countOf(completion.reasoning_tokens) ?? 0,
  };
}

/** An error event as the error it is. A code of our catalogue stays; an engine's own words stay out of it. */
function errorOfEvent(error: unknown): GatewayError {
  const code = isRecord(error) ? error.code : undefined;
  if (!isErrorCode(code)) return new GatewayError("upstream_error");
  const message = isRecord(error) ? textOf(error.message) : undefined;
  const param = isRecord(error) ? textOf(error.param) : undefined;
  return new GatewayError(code, {
    ...(message === undefined ? {} : { message }),
    ...(param === undefined ? {} : { param }),
  });
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERRORS, code);
}
