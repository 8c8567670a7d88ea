import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, startFakeServer } from "./fake-server.ts";

type Fields = Record<string, unknown>;

export type AnthropicBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown };

/** The provider's responses; change them at any time. */
export interface FakeAnthropicBehaviour {
  /** The key that is right. */
  key: string;
  content: readonly AnthropicBlock[];
  stopReason: string;
  stopSequence: string | null;
  usage: Fields;
  /** Responds with this error instead. */
  error: { readonly status: number; readonly type: string; readonly message: string } | undefined;
  /** Sends this error event after so many events, and ends. */
  errorEvent: { readonly after: number; readonly type: string; readonly message: string } | undefined;
  /** Cuts the connection after so many events. */
  diesAfterEvents: number | undefined;
  /** Characters of one delta. */
  deltaLength: number;
  /** Bytes of one write of a stream, wherever that cuts an event. @default - all at once */
  writeBytes: number | undefined;
}

const DEFAULTS: FakeAnthropicBehaviour = {
  key: "sk-ant-test",
  content: [{ type: "text", text: "Hello there" }],
  stopReason: "end_turn",
  stopSequence: null,
  usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
  error: undefined,
  errorEvent: undefined,
  diesAfterEvents: undefined,
  deltaLength: 4,
  writeBytes: undefined,
};

export interface FakeAnthropic {
  readonly origin: string;
  readonly behaviour: FakeAnthropicBehaviour;
  readonly received: readonly { readonly headers: IncomingHttpHeaders; readonly body: Fields }[];
  stop(): Promise<void>;
}

/** Starts a provider with Anthropic's wire format on a real socket; it refuses what the real one refuses. */
export async function startFakeAnthropic(behaviour: Partial<FakeAnthropicBehaviour> = {}): Promise<FakeAnthropic> {
  const state: FakeAnthropicBehaviour = { ...DEFAULTS, ...behaviour };
  const received: { headers: IncomingHttpHeaders; body: Fields }[] = [];
  const server = await startFakeServer((request, response) => respond(request, response, state, received));
  return {
    ...server,
    behaviour: state,
    received,
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  state: FakeAnthropicBehaviour,
  received: { headers: IncomingHttpHeaders; body: Fields }[],
): Promise<void> {
  const bytes = await bodyOf(request);
  if (request.url !== "/v1/messages") return fail(response, 404, "not_found_error", "Not found");
  if (request.headers["x-api-key"] !== state.key)
    return fail(response, 401, "authentication_error", "invalid x-api-key");
  if (request.headers["anthropic-version"] === undefined)
    return fail(response, 400, "invalid_request_error", "anthropic-version: header is required");
  const body = JSON.parse(bytes.toString("utf8")) as Fields;
  received.push({ headers: request.headers, body });
  const problem = requestProblem(body);
  if (problem !== undefined) return fail(response, 400, "invalid_request_error", problem);
  if (state.error !== undefined) return fail(response, state.error.status, state.error.type, state.error.message);
  const message = anthropicMessage(state, String(body.model));
  if (body.stream !== true) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  await stream(response, state, message);
}

function fail(response: ServerResponse, status: number, type: string, message: string): void {
  const body = { type: "error", error: { type, message }, request_id: "req_fake" };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function anthropicMessage(
  {
    content,
    stopReason,
    stopSequence,
    usage,
  }: Pick<FakeAnthropicBehaviour, "content" | "stopReason" | "stopSequence" | "usage">,
  model: string,
): Fields {
  return {
    id: "msg_fake",
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason: stopReason,
    stop_sequence: stopSequence,
    usage,
  };
}

async function stream(response: ServerResponse, state: FakeAnthropicBehaviour, message: Fields): Promise<void> {
  let events = anthropicEvents(message, state.deltaLength);
  const { errorEvent, diesAfterEvents, writeBytes } = state;
  if (errorEvent !== undefined)
    events = [
      ...events.slice(0, errorEvent.after),
      { type: "error", error: { type: errorEvent.type, message: errorEvent.message } },
    ];
  const bytes = Buffer.from(sseText(events.slice(0, diesAfterEvents)));
  const size = writeBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (writeBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  if (diesAfterEvents === undefined) response.end();
  else setTimeout(() => response.destroy(), 20);
}

/** The events that a message is streamed as, in the real provider's order. */
export function anthropicEvents(message: Fields, deltaLength: number): readonly Fields[] {
  const blocks = message.content as readonly AnthropicBlock[];
  const usage = message.usage as Fields;
  const { stop_reason, stop_sequence } = message;
  return [
    {
      type: "message_start",
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    { type: "ping" },
    ...blocks.flatMap((block, index) => blockEvents(block, index, deltaLength)),
    { type: "message_delta", delta: { stop_reason, stop_sequence }, usage: { output_tokens: usage.output_tokens } },
    { type: "message_stop" },
  ];
}

function blockEvents(block: AnthropicBlock, index: number, deltaLength: number): readonly Fields[] {
  const start = (content_block: Fields) => ({ type: "content_block_start", index, content_block });
  const delta = (fields: Fields) => ({ type: "content_block_delta", index, delta: fields });
  const stop = { type: "content_block_stop", index };
  switch (block.type) {
    case "text":
      return [
        start({ type: "text", text: "" }),
        ...pieces(block.text, deltaLength).map((text) => delta({ type: "text_delta", text })),
        stop,
      ];
    case "thinking":
      return [
        start({ type: "thinking", thinking: "", signature: "" }),
        ...pieces(block.thinking, deltaLength).map((thinking) => delta({ type: "thinking_delta", thinking })),
        delta({ type: "signature_delta", signature: block.signature }),
        stop,
      ];
    case "redacted_thinking":
      return [start({ ...block }), stop];
    case "tool_use":
      return [
        start({ ...block, input: {} }),
        delta({ type: "input_json_delta", partial_json: "" }),
        ...pieces(JSON.stringify(block.input), deltaLength).map((partial_json) =>
          delta({ type: "input_json_delta", partial_json }),
        ),
        stop,
      ];
  }
}

/** Cuts between characters, never inside one. */
function pieces(text: string, length: number): readonly string[] {
  const characters = [...text];
  const cut: string[] = [];
  for (let at = 0; at < characters.length; at += length) cut.push(characters.slice(at, at + length).join(""));
  return cut;
}

export function sseText(events: readonly Fields[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

const KNOWN = new Set(
  "model messages max_tokens metadata output_config stop_sequences stream system temperature thinking tool_choice tools top_k top_p".split(
    " ",
  ),
);

/** The real provider's checks that a translation can get wrong; its messages begin with the field. */
export function requestProblem(body: Fields): string | undefined {
  const extra = Object.keys(body).find((field) => !KNOWN.has(field));
  if (extra !== undefined) return `${extra}: Extra inputs are not permitted`;
  if (typeof body.model !== "string") return "model: Field required";
  if (!Number.isInteger(body.max_tokens) || Number(body.max_tokens) < 1) return "max_tokens: Field required";
  if (typeof body.temperature === "number" && body.temperature > 1) return "temperature: range: 0..1";
  if (body.tool_choice !== undefined && body.tools === undefined) return "tool_choice: tools must be provided";
  const messages = body.messages as readonly { role: string; content: readonly Fields[] }[];
  if (!Array.isArray(messages) || messages.length === 0) return "messages: at least one message is required";
  if (messages[0]?.role !== "user") return "messages: first message must use the user role";
  let called = new Set<unknown>();
  for (const [index, { role, content }] of messages.entries()) {
    const at = `messages.${index}`;
    if (role !== (index % 2 === 0 ? "user" : "assistant")) return `${at}.role: roles must alternate`;
    if (!Array.isArray(content) || content.length === 0) return `${at}.content: must be non-empty`;
    if (content.some(({ type, text }) => type === "text" && (typeof text !== "string" || text === "")))
      return `${at}.content: text content blocks must be non-empty`;
    const answered = content.filter(({ type }) => type === "tool_result").map(({ tool_use_id }) => tool_use_id);
    if (answered.some((id) => !called.has(id)) || new Set(answered).size !== called.size)
      return `${at}.content: tool_result blocks must answer the tool_use blocks of the message before`;
    const calls = content.filter(({ type }) => type === "tool_use");
    if (calls.some(({ input }) => typeof input !== "object" || input === null || Array.isArray(input)))
      return `${at}.content: tool_use.input: Input should be a valid dictionary`;
    if (calls.length > 0 && body.tools === undefined) return "tools: must be defined when tool_use blocks are sent";
    called = new Set(calls.map(({ id }) => id));
  }
  return undefined;
}
