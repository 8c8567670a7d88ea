import { ChatCompletionChunk, ChatCompletionResponse } from "../../contracts/api/chat.ts";
import { Message, MessageEvent } from "../../contracts/api/messages.ts";
import { ModelResponse, ResponseEvent } from "../../contracts/api/responses.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { InboundContext, InboundDialect, OutboundDialect, OutboundRequest } from "../core/dialect.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { RequestFacts } from "../core/record.ts";
import { UpstreamFailure } from "../core/upstream-failure.ts";
import { MESSAGES_DIALECT } from "../dialects/clients/messages/messages.ts";
import { ResponsesDialect } from "../dialects/clients/responses/responses.ts";
import { PROVIDERS } from "../dialects/providers/provider-dialects.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import { wholeResponse } from "../pipeline/call/check-response.ts";
import { responseFailure } from "../pipeline/call/classify-failure.ts";
import { StreamRelay } from "../pipeline/relay/stream-relay.ts";
import type { StreamRelayOptions } from "../pipeline/relay/stream-relay-options.ts";
import { DATA } from "../relay/event-usage.ts";
import { LineEnds } from "../relay/line-ends.ts";
import { outbound } from "./dialect-cases.ts";
import type { HttpRecord, RecordedResponse } from "./recorded-responses.ts";
import { jsonOfWhole, writtenAtOnce } from "./whole-json.ts";

type Fields = Readonly<Record<string, unknown>>;

export const CLIENTS = ["chat", "messages", "responses"] as const;
export type Client = (typeof CLIENTS)[number];

/** Where a body is cut into pieces: after each of these bytes. */
export type Cuts = readonly number[];

/** Ids are counted from the beginning for each run, so that runs can be compared. */
function parts(recorded: HttpRecord, client: Client): { target: OutboundDialect; encoder: InboundDialect | undefined } {
  const newId = counter();
  const context = { region: "us-east-1", credentials: () => Promise.reject(new Error("unused")), now: () => 5000 };
  const target = PROVIDERS[recorded.provider].create({ ...context, newId: () => newId("id") });
  const responses = {
    store: undefined,
    maxReferredBytes: 1_000_000,
    now: () => 5000,
    newId: counter(),
    onLost: () => undefined,
  };
  const encoders = {
    chat: undefined,
    messages: MESSAGES_DIALECT,
    responses: new ResponsesDialect(responses, () => "t"),
  };
  return { target, encoder: encoders[client] };
}

function counter(): (prefix: string) => string {
  let made = 0;
  return (prefix) => `${prefix}_${++made}`;
}

const CHAT_REQUEST = outbound({ stream: true });
const CONTEXT: InboundContext = {
  requestId: "r",
  clientFields: { model: "tiny" },
  generation: CHAT_REQUEST.generation,
};

function requestOf(client: Client): OutboundRequest {
  if (client === "chat") return CHAT_REQUEST;
  const body = { dialect: client, fields: { model: "tiny" }, betas: undefined } as const;
  return { ...CHAT_REQUEST, generation: { ...CHAT_REQUEST.generation, client: body } };
}

/** What a client of a stream gets, and what the record of its request has. */
export interface Relayed {
  readonly text: string;
  readonly facts: Partial<RequestFacts>;
}

/** Sends a recorded stream through the relay to a client, its body cut into pieces. */
export function relayed(recorded: HttpRecord, client: Client, cuts: Cuts): Relayed {
  const { target, encoder } = parts(recorded, client);
  const sent: Buffer[] = [];
  let facts: Partial<RequestFacts> = {};
  const body = {
    isPaused: false,
    read: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  };
  const options: StreamRelayOptions = {
    newEncoder: encoder && (() => encoder.encodeStream(CONTEXT)),
    idleSeconds: 60,
    stripUsage: false,
    hidesErrors: true,
    isFilter: (data) => target.decodeProblem(400, data).code === "content_filter",
    record: {
      note: (noted) => {
        facts = { ...facts, ...noted };
      },
    },
    signal: new AbortController().signal,
    now: () => 0,
  };
  const translator = target.decodeStream(requestOf(client));
  const response = {
    kind: "stream",
    begun: Buffer.alloc(0),
    translator: translator ?? new LineEnds(),
    isTranslated: translator !== undefined,
    settle: () => undefined,
    body: body as never,
  } as const;
  const relay = new StreamRelay(response, options);
  void relay.send({
    isClosed: false,
    write: (bytes) => sent.push(bytes) > 0,
    end: (bytes) => {
      if (bytes !== undefined) sent.push(bytes);
    },
    destroy: () => undefined,
    onDrain: () => undefined,
    onClose: () => undefined,
  });
  for (const [index, start] of [0, ...cuts].entries()) relay.onData(recorded.body.subarray(start, cuts[index]));
  relay.onEnd(undefined);
  return { text: Buffer.concat(sent).toString("utf8"), facts };
}

/** What one client gets of a recorded response, put together as its SDK does, each part checked against our contracts. */
export function responseFor(recorded: RecordedResponse, client: Client): Fields {
  if (recorded.status !== 200) return failureOf(recorded);
  if (recorded.isStream) return GATHER[client](relayed(recorded, client, []).text);
  const { target, encoder } = parts(recorded, client);
  try {
    const request = requestOf(client);
    const chat = wholeResponse(target, recorded.body, request, WHOLE_FORMS[request.generation.route]);
    if (encoder === undefined) return WHOLE[client](jsonOfWhole(chat));
    return WHOLE[client](JSON.parse(String(writtenAtOnce(encoder.encodeWhole(chat.fields, CONTEXT)))));
  } catch (error) {
    if (error instanceof GatewayError) return { unusable: error.message };
    if (error instanceof UpstreamFailure) return { unusable: error.toGatewayError().message };
    throw error;
  }
}

function failureOf({ provider, status, headers, body }: RecordedResponse): Fields {
  const target = parts({ provider } as RecordedResponse, "chat").target;
  const problem = target.decodeProblem(status, body.toString("utf8"));
  const failure = responseFailure(status, headers["retry-after"], problem, "provider");
  if (failure instanceof GatewayError) return { refusal: failure.body.error };
  const { kind, retryAfterSeconds } = failure;
  return { nextTarget: { kind, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
}

/** Data of server-sent events, and whether `[DONE]` ended them. */
function dataOf(text: string): { readonly events: readonly Fields[]; readonly isDone: boolean } {
  const data = text.split(/\r?\n\r?\n/).flatMap((event) => DATA.exec(event)?.[1] ?? []);
  const isDone = data.at(-1) === "[DONE]";
  return { events: data.slice(0, isDone ? -1 : undefined).map((one) => JSON.parse(one) as Fields), isDone };
}

interface GatheredChoice {
  content: string;
  fields: Record<string, unknown>;
  calls: { id: string; name: string; arguments: string }[];
}

function gatherChat(text: string): Fields {
  const { events, isDone } = dataOf(text);
  const choices = new Map<number, GatheredChoice>();
  let usage: unknown;
  const chunks = events.filter(({ error }) => error === undefined).map((event) => ChatCompletionChunk.parse(event));
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    for (const { index, delta, finish_reason, logprobs, stop_reason } of chunk.choices) {
      const choice = choices.get(index) ?? { content: "", fields: {}, calls: [] };
      choices.set(index, choice);
      const { content, refusal, reasoning_content, thinking_blocks, tool_calls } = delta;
      choice.content += content ?? "";
      for (const [name, value] of Object.entries({ refusal, reasoning_content }))
        if (typeof value === "string") choice.fields[name] = `${choice.fields[name] ?? ""}${value}`;
      for (const [name, value] of Object.entries({ thinking_blocks, logprobs: logprobs?.content }))
        if (Array.isArray(value)) choice.fields[name] = [...((choice.fields[name] as unknown[]) ?? []), ...value];
      for (const [name, value] of Object.entries({ finish_reason, stop_reason }))
        if (value != null) choice.fields[name] = value;
      for (const call of (tool_calls ?? []) as { index: number; id?: string; function: Record<string, string> }[]) {
        const made = choice.calls[call.index] ?? { id: "", name: "", arguments: "" };
        choice.calls[call.index] = made;
        made.id += call.id ?? "";
        made.name += call.function.name ?? "";
        made.arguments += call.function.arguments ?? "";
      }
    }
  }
  return {
    id: chunks[0]?.id,
    choices: [...choices].map(([index, { content, fields, calls }]) => ({
      index,
      content,
      ...fields,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    })),
    usage,
    ...(isDone ? {} : { error: errorOf(events) }),
  };
}

function errorOf(events: readonly Fields[]): unknown {
  const { code, message } = fieldsOf(events.at(-1)?.error);
  return { code, message };
}

function wholeChat(value: unknown): Fields {
  const { id, choices, usage } = ChatCompletionResponse.parse(value);
  return {
    id,
    choices: choices.map(({ index, message, finish_reason, logprobs, stop_reason }) => {
      const { content, refusal, reasoning_content, thinking_blocks, tool_calls } = message;
      const fields = {
        refusal,
        reasoning_content,
        thinking_blocks,
        logprobs: logprobs?.content,
        finish_reason,
        stop_reason,
      };
      const calls = (tool_calls ?? []).map((call) => ({ id: call.id, ...call.function }));
      return {
        index,
        content: content ?? "",
        ...Object.fromEntries(Object.entries(fields).filter(([, field]) => field != null)),
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      };
    }),
    usage,
  };
}

export function gatherMessage(text: string): Fields {
  const { events } = dataOf(text);
  const blocks: Record<string, unknown>[] = [];
  const json: string[] = [];
  let end: Fields = {};
  for (const event of events) {
    if (event.type === "error") return { content: blocks, error: fieldsOf(event.error).message };
    MessageEvent.parse(event);
    const index = Number(event.index);
    const block = blocks[index] ?? { ...fieldsOf(event.content_block) };
    if (event.type === "content_block_start") blocks[index] = block;
    if (event.type === "message_delta") end = { ...fieldsOf(event.delta), usage: event.usage };
    // SDKs take no text at all as a call without arguments.
    if (event.type === "content_block_stop" && json[index]) block.input = JSON.parse(json[index]);
    if (event.type !== "content_block_delta") continue;
    for (const [name, value] of Object.entries(fieldsOf(event.delta)))
      if (name === "partial_json") json[index] = `${json[index] ?? ""}${value}`;
      else if (name === "citation") block.citations = [...((block.citations as unknown[]) ?? []), value];
      else if (name !== "type") block[name] = `${block[name] ?? ""}${value}`;
  }
  return messageFields({ content: blocks, ...end });
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function messageFields({ content, stop_reason, stop_sequence, usage }: Fields): Fields {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = fieldsOf(usage);
  return {
    content,
    stop_reason,
    ...(stop_sequence == null ? {} : { stop_sequence }),
    usage: { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens },
  };
}

function gatherResponse(text: string): Fields {
  const { events } = dataOf(text);
  for (const event of events) ResponseEvent.parse(event);
  return responseFields(ModelResponse.parse(events.at(-1)?.response));
}

function responseFields(response: Fields): Fields {
  const { status, incomplete_details, output, usage, error } = response;
  return {
    status,
    ...(incomplete_details == null ? {} : { incomplete_details }),
    ...(error == null ? {} : { error }),
    output,
    usage,
  };
}

const GATHER = { chat: gatherChat, messages: gatherMessage, responses: gatherResponse };
const WHOLE = {
  chat: wholeChat,
  messages: (value: unknown) => messageFields(Message.parse(value)),
  responses: (value: unknown) => responseFields(ModelResponse.parse(value)),
};
