import { isRecord } from "../../../../lib/is-record.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { type ChatUsage, readUsage } from "../../inner/chat-events.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { orderedParts, textBefore } from "../../inner/thinking-order.ts";
import { encryptedContent, omittedItems } from "./responses-items.ts";
import { customInput, readTools, shortArguments, type ToolOrigin } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A response's fields from its request; the same in all its states. */
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
    metadata: metadataOf(fields),
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
    // OpenAI's schema has no null in these.
    ...present(fields, ["prompt_cache_key", "safety_identifier", "user"]),
  };
}

/** OpenAI's limit for a value of `metadata`. */
const MAX_METADATA_CHARACTERS = 512;

/** The client's own, and which of its tools and items the model did not get. */
function metadataOf({ metadata, tools, input }: Fields): Fields {
  return {
    ...(isRecord(metadata) ? metadata : {}),
    ...listed("sluice_omitted_tools", readTools(tools).hosted),
    ...listed("sluice_omitted_items", omittedItems(input)),
  };
}

function listed(name: string, types: readonly string[]): Fields {
  return types.length === 0 ? {} : { [name]: types.join(", ").slice(0, MAX_METADATA_CHARACTERS) };
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
  const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  const written = cacheWriteTokens > 0 ? { cache_write_tokens: cacheWriteTokens } : {};
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, ...written },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}

type Status = "in_progress" | "completed" | "incomplete";

export function messageItem(id: string, status: Status, content: readonly Fields[]): Fields {
  return { id, type: "message", status, role: "assistant", content };
}

export function textPart(text: string, annotations: readonly Fields[] = []): Fields {
  return { type: "output_text", text, annotations, logprobs: [] };
}

/** Citations of addresses, whose fields are in an object of their own in a chat completion. */
export function annotationsOf(annotations: unknown): readonly Fields[] {
  return itemsOf(annotations).flatMap((annotation) =>
    isRecord(annotation) && annotation.type === "url_citation" && isRecord(annotation.url_citation)
      ? [{ type: "url_citation", ...annotation.url_citation }]
      : [],
  );
}

export function refusalPart(refusal: string): Fields {
  return { type: "refusal", refusal };
}

export interface CallParts {
  readonly callId: string;
  /** `undefined` for a function that the client did not name. */
  readonly origin: ToolOrigin | undefined;
  /** The function's name. */
  readonly name: string;
  readonly arguments: string;
}

export function callItem(
  id: string,
  status: Status,
  { callId, origin, name: called, arguments: json }: CallParts,
): Fields {
  const { kind = "function", name = called, namespace } = origin ?? {};
  if (kind === "tool_search")
    return {
      id,
      type: "tool_search_call",
      status,
      call_id: callId,
      execution: "client",
      arguments: shortArguments(json) ?? {},
    };
  const head = { id, type: kind === "custom" ? "custom_tool_call" : "function_call", status, call_id: callId, name };
  return {
    ...head,
    ...(namespace === undefined ? {} : { namespace }),
    ...(kind === "custom" ? { input: json === "" ? "" : customInput(json) } : { arguments: json }),
  };
}

/** The prefix of a call's id, as OpenAI has it. */
export function callPrefix(origin: ToolOrigin | undefined): "ctc" | "fc" | "tsc" {
  if (origin?.kind === "tool_search") return "tsc";
  return origin?.kind === "custom" ? "ctc" : "fc";
}

/** @param signed a provider's thinking that can be returned to it */
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

/** A whole chat completion as a response. @throws {GatewayError} `upstream_error` when the fields are none */
export function responseOfChat(
  response: Fields,
  head: ResponseHead,
  newId: (prefix: string) => string,
  completedAt: number,
): Fields {
  const choice = itemsOf(response.choices)[0];
  if (!isRecord(choice) || !isRecord(choice.message)) throw new GatewayError("upstream_error");
  const { message } = choice;
  const { origins } = readTools(head.fields.tools);
  const finish = textOf(choice.finish_reason) ?? "stop";
  const status = INCOMPLETE[finish] === undefined ? "completed" : "incomplete";
  const output = [
    ...contentItems(message, status, newId),
    ...itemsOf(message.tool_calls)
      .filter(isRecord)
      .map((call) => callParts(call, origins, newId))
      .map((call) => callItem(newId(callPrefix(call.origin)), status, call)),
  ];
  return closedResponse(head, output, finish, readUsage(response.usage), completedAt);
}

/** Reasoning and messages, each behind the other where the model thought between two texts. */
function contentItems(message: Fields, status: Status, newId: (prefix: string) => string): readonly Fields[] {
  const reasoning = textOf(message.reasoning_content) ?? textOf(message.reasoning) ?? "";
  const text = textOf(message.content) ?? "";
  const refusal = textOf(message.refusal);
  const thinking = itemsOf(message.thinking_blocks);
  const isMixed = thinking.some((block) => textBefore(block) > 0);
  const items: Fields[] = [];
  // Positions of citations are those of the whole text, so they are with a text that is not divided.
  const annotations = isMixed ? [] : annotationsOf(message.annotations);
  const add = (parts: readonly Fields[]) => {
    if (parts.length > 0) items.push(messageItem(newId("msg"), status, parts));
  };
  const addReasoning = (own: string, signed: readonly unknown[]) => {
    if (own !== "" || signed.length > 0) items.push(reasoningItem(newId("rs"), "completed", own, signed));
  };
  if (!isMixed) addReasoning(reasoning, thinking);
  for (const part of orderedParts(text, isMixed ? thinking : [])) {
    if (part.kind === "thinking") addReasoning(textOf(part.block.thinking) ?? "", [part.block]);
    else add([textPart(part.text, annotations), ...(isMixed || refusal === undefined ? [] : [refusalPart(refusal)])]);
  }
  if (refusal !== undefined && (isMixed || text === "")) add([refusalPart(refusal)]);
  return items;
}

/** A call without arguments has none in some servers' form of it, and clients parse what they get. */
function callParts(
  { id, function: called }: Fields,
  origins: ReadonlyMap<string, ToolOrigin>,
  newId: (prefix: string) => string,
): CallParts {
  const { name, arguments: json } = isRecord(called) ? called : {};
  const text = textOf(name) ?? "";
  const callId = textOf(id) ?? newId("call");
  return { callId, origin: origins.get(text), name: text, arguments: textOf(json) ?? "{}" };
}
