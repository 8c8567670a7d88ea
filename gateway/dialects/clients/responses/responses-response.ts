import { isRecord } from "../../../../lib/is-record.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { type ChatUsage, readUsage } from "../../inner/chat-events.ts";
import { itemsOf, parseJson, textOf } from "../../inner/json.ts";
import { encryptedContent } from "./responses-items.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a response says of its request; the same in all its states. */
export interface ResponseHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly isStored: boolean;
  /** The body as the client wrote it. */
  readonly fields: Fields;
}

/** The response while its output is being made. */
export function openResponse({ id, createdAt, isStored, fields }: ResponseHead): Fields {
  const reasoning = isRecord(fields.reasoning) ? fields.reasoning : {};
  const text = isRecord(fields.text) ? fields.text : {};
  return {
    id,
    object: "response",
    created_at: createdAt,
    status: "in_progress",
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: fields.instructions ?? null,
    max_output_tokens: fields.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: fields.metadata ?? {},
    model: fields.model,
    output: [],
    parallel_tool_calls: fields.parallel_tool_calls ?? true,
    previous_response_id: fields.previous_response_id ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: null },
    service_tier: "default",
    store: isStored,
    temperature: fields.temperature ?? null,
    text: { ...text, format: text.format ?? { type: "text" } },
    tool_choice: fields.tool_choice ?? "auto",
    tools: fields.tools ?? [],
    top_logprobs: 0,
    top_p: fields.top_p ?? null,
    truncation: "disabled",
    // OpenAI's schema knows no null in these.
    ...present(fields, ["prompt_cache_key", "safety_identifier", "user"]),
  };
}

/** The response when its output is whole, or was cut short by a limit. */
export function closedResponse(
  head: ResponseHead,
  output: readonly Fields[],
  finishReason: string,
  usage: ChatUsage | undefined,
  completedAt: number,
): Fields {
  const reason = INCOMPLETE[finishReason];
  return {
    ...openResponse(head),
    status: reason === undefined ? "completed" : "incomplete",
    completed_at: reason === undefined ? completedAt : null,
    incomplete_details: reason === undefined ? null : { reason },
    output,
    ...(usage === undefined ? {} : { usage: responseUsage(usage) }),
  };
}

const INCOMPLETE: Readonly<Record<string, string | undefined>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

function present(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.flatMap((name) => (fields[name] == null ? [] : [[name, fields[name]]])));
}

function responseUsage(usage: ChatUsage): Fields {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}

type Status = "in_progress" | "completed" | "incomplete";

export function messageItem(id: string, status: Status, content: readonly Fields[]): Fields {
  return { id, type: "message", status, role: "assistant", content };
}

export function textPart(text: string): Fields {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

export function refusalPart(refusal: string): Fields {
  return { type: "refusal", refusal };
}

export interface CallParts {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

export function callItem(id: string, status: Status, call: CallParts): Fields {
  return { id, type: "function_call", status, call_id: call.callId, name: call.name, arguments: call.arguments };
}

/** @param signed a provider's thinking that can be given back to it */
export function reasoningItem(id: string, status: Status, text: string, signed: readonly unknown[]): Fields {
  return {
    id,
    type: "reasoning",
    status,
    summary: [],
    content: text === "" ? [] : [{ type: "reasoning_text", text }],
    ...(signed.length > 0 ? { encrypted_content: encryptedContent(signed) } : {}),
  };
}

/** A whole chat completion as a response. @throws {GatewayError} `upstream_error` when the bytes are none */
export function responseOfChat(
  bytes: Buffer,
  head: ResponseHead,
  newId: (prefix: string) => string,
  completedAt: number,
): Fields {
  const response = parseJson(bytes.toString("utf8"));
  const choice = isRecord(response) ? itemsOf(response.choices)[0] : undefined;
  if (!isRecord(response) || !isRecord(choice) || !isRecord(choice.message)) throw new GatewayError("upstream_error");
  const { message } = choice;
  const finish = textOf(choice.finish_reason) ?? "stop";
  const status = INCOMPLETE[finish] === undefined ? "completed" : "incomplete";
  const reasoning = textOf(message.reasoning_content) ?? textOf(message.reasoning) ?? "";
  const signed = itemsOf(message.thinking_blocks);
  const text = textOf(message.content);
  const refusal = textOf(message.refusal);
  const parts = [
    ...(text === undefined ? [] : [textPart(text)]),
    ...(refusal === undefined ? [] : [refusalPart(refusal)]),
  ];
  const output = [
    ...(reasoning === "" && signed.length === 0 ? [] : [reasoningItem(newId("rs"), "completed", reasoning, signed)]),
    ...(parts.length === 0 ? [] : [messageItem(newId("msg"), status, parts)]),
    ...itemsOf(message.tool_calls)
      .filter(isRecord)
      .map((call) => callItem(newId("fc"), status, callParts(call, newId))),
  ];
  return closedResponse(head, output, finish, readUsage(response.usage), completedAt);
}

function callParts({ id, function: called }: Fields, newId: (prefix: string) => string): CallParts {
  const { name, arguments: json } = isRecord(called) ? called : {};
  return { callId: textOf(id) ?? newId("call"), name: textOf(name) ?? "", arguments: textOf(json) ?? "" };
}
