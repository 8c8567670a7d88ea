import { Message, MessageEvent, MessagesErrorBody } from "../../../contracts/api/messages.ts";
import { serverSentEvents } from "../../../lib/server-sent-events.ts";
import {
  type Fields,
  fieldsOf,
  inputOf,
  must,
  numberOf,
  plainSignature,
  present,
  recordsOf,
  type Seen,
  stringOf,
} from "./seen.ts";

const STOPS = {
  end_turn: "end",
  stop_sequence: "end",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "calls",
  refusal: "filter",
  pause_turn: "pause",
} as const;

/** Fields that each kind of block must have at its start and in a whole message. */
const BLOCK_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  thinking: ["thinking", "signature"],
  redacted_thinking: ["data"],
  tool_use: ["id", "name", "input"],
  server_tool_use: ["id", "name", "input"],
  web_search_tool_result: ["tool_use_id", "content"],
};
/** The block that each kind of delta belongs to, and the field that it is added to. */
const DELTAS: Readonly<Record<string, { readonly blocks: readonly string[]; readonly field: string }>> = {
  text_delta: { blocks: ["text"], field: "text" },
  citations_delta: { blocks: ["text"], field: "citation" },
  thinking_delta: { blocks: ["thinking"], field: "thinking" },
  signature_delta: { blocks: ["thinking"], field: "signature" },
  input_json_delta: { blocks: ["tool_use", "server_tool_use"], field: "partial_json" },
};
/** Anthropic's pattern for the id of a call. */
const CALL_ID = /^[a-zA-Z0-9_-]+$/;

export function seenInMessage(text: string): Seen {
  const message: unknown = JSON.parse(text);
  Message.parse(message);
  return seenIn(fieldsOf(message));
}

function seenIn({ id, model, content, stop_reason, stop_sequence, usage }: Fields): Seen {
  const blocks = recordsOf(content);
  for (const block of blocks) checkBlock(block);
  const of = (type: string) => blocks.filter((block) => block.type === type);
  const textIn = (type: string, field: string) =>
    of(type)
      .map((block) => String(block[field]))
      .join("");
  return present({
    id: stringOf(id),
    model: stringOf(model),
    text: textIn("text", "text"),
    calls: of("tool_use").map((block) => ({ id: String(block.id), name: String(block.name), input: block.input })),
    thinking: textIn("thinking", "thinking"),
    signatures: of("thinking")
      .map(({ signature }) => plainSignature(signature))
      .filter((one) => one !== ""),
    redacted: of("redacted_thinking").map(({ data }) => String(data)),
    order: blocks.map(orderedPart),
    citations: blocks.flatMap(({ citations }) => recordsOf(citations)),
    ownTools: blocks.map(({ type }) => String(type)).filter((type) => /^(server_tool_use|.*_tool_result)$/.test(type)),
    stop: STOPS[String(stop_reason) as keyof typeof STOPS],
    stopSequence: stringOf(stop_sequence),
    ...usageIn(usage),
  });
}

function orderedPart(block: Fields): string {
  if (block.type === "text") return `text ${block.text}`;
  if (block.type === "tool_use") return `call ${block.name}`;
  return `thinking ${stringOf(block.thinking) ?? ""}`;
}

function checkBlock(block: Fields): void {
  const fields = BLOCK_FIELDS[String(block.type)];
  must(fields !== undefined, "a block must be of a known type", block);
  for (const field of fields ?? []) must(block[field] !== undefined, `a block must have \`${field}\``, block);
  if (block.type !== "tool_use") return;
  must(CALL_ID.test(String(block.id)), "an id of a call must have letters, digits, _ and - alone", block);
}

function usageIn(usage: unknown) {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens_details } =
    fieldsOf(usage);
  const [input, completion] = [numberOf(input_tokens), numberOf(output_tokens)];
  const read = numberOf(cache_read_input_tokens) ?? 0;
  const written = numberOf(cache_creation_input_tokens) ?? 0;
  return {
    usage: input === undefined || completion === undefined ? undefined : { prompt: input + read + written, completion },
    cacheRead: read,
    cacheWritten: written,
    thinkingTokens: numberOf(fieldsOf(output_tokens_details).thinking_tokens),
  };
}

interface Gathered {
  message: Record<string, unknown>;
  readonly blocks: Record<string, unknown>[];
  json: string;
  isOpen: boolean;
  hasEnd: boolean;
}

/**
 * A stream put together as Anthropic's SDKs do. Throws where its events are not those of one message: it begins with
 * `message_start`, blocks come one after another with the deltas of their kind, then one `message_delta` and
 * `message_stop`, or an error.
 */
export function seenInMessageStream(text: string): Seen {
  const events = serverSentEvents(text).map(({ name, data }) => {
    const event = fieldsOf(JSON.parse(data));
    must(name === event.type, "an event must have its type as its name", { name, type: event.type });
    return event;
  });
  const made: Gathered = { message: {}, blocks: [], json: "", isOpen: false, hasEnd: false };
  const first = events[0];
  if (first?.type !== "error") must(first?.type === "message_start", "a stream must begin with message_start", first);
  for (const [index, event] of events.entries()) {
    const isLast = index === events.length - 1;
    if (event.type === "error") {
      must(isLast, "an error must be the last event", event);
      return { ...seenIn({ ...made.message, content: made.blocks }), error: messagesError(event) };
    }
    MessageEvent.parse(event);
    must((event.type === "message_stop") === isLast, "a stream must end with message_stop", event);
    take(made, event);
  }
  must(made.hasEnd && !made.isOpen, "a stream must have a message_delta behind its blocks", made);
  const start = usageIn(fieldsOf(fieldsOf(first?.message).usage)).usage?.prompt;
  return present({ ...seenIn({ ...made.message, content: made.blocks }), startUsage: start });
}

function take(made: Gathered, event: Fields): void {
  const block = made.blocks.at(-1);
  if (event.type === "message_start") {
    const message = fieldsOf(event.message);
    must(recordsOf(message.content).length === 0 && message.stop_reason === null, "a message must start empty", event);
    made.message = { ...message };
  } else if (event.type === "content_block_start") {
    must(!made.isOpen && event.index === made.blocks.length, "blocks must come one after another", event);
    made.blocks.push({ ...fieldsOf(event.content_block) });
    checkBlock(fieldsOf(event.content_block));
    made.isOpen = true;
    made.json = "";
  } else if (event.type === "content_block_delta") {
    must(made.isOpen && event.index === made.blocks.length - 1, "a delta must be of the open block", event);
    if (block !== undefined) addDelta(made, block, fieldsOf(event.delta));
  } else if (event.type === "content_block_stop") {
    must(made.isOpen && event.index === made.blocks.length - 1, "the open block must be the one that stops", event);
    made.isOpen = false;
    if (block !== undefined && made.json !== "") block.input = inputOf(made.json);
  } else if (event.type === "message_delta") {
    must(!made.hasEnd && !made.isOpen, "a stream must have one message_delta", event);
    made.hasEnd = true;
    const usage = Object.entries(fieldsOf(event.usage)).filter(([, count]) => count !== null);
    const before = fieldsOf(made.message.usage);
    Object.assign(made.message, event.delta, { usage: { ...before, ...Object.fromEntries(usage) } });
  }
}

function addDelta(made: Gathered, block: Record<string, unknown>, delta: Fields): void {
  const kind = DELTAS[String(delta.type)];
  must(kind?.blocks.includes(String(block.type)) === true, "a delta must be of its block's kind", { delta, block });
  const value = kind === undefined ? undefined : delta[kind.field];
  if (kind?.field === "partial_json") made.json += String(value);
  else if (kind?.field === "citation") block.citations = [...recordsOf(block.citations), value];
  else if (kind !== undefined) block[kind.field] = `${block[kind.field]}${value}`;
}

export function messagesError(body: unknown): NonNullable<Seen["error"]> {
  const { error } = MessagesErrorBody.parse(body);
  return { code: String(error.details?.error_code), type: error.type, message: error.message };
}
