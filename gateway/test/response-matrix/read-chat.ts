import { ChatCompletionChunk, ChatCompletionResponse } from "../../../contracts/api/chat.ts";
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

const STOPS = { stop: "end", length: "length", tool_calls: "calls", content_filter: "filter" } as const;

export function seenInChat(text: string): Seen {
  const completion: unknown = JSON.parse(text);
  ChatCompletionResponse.parse(completion);
  return seenInCompletion(fieldsOf(completion));
}

function seenInCompletion({ id, model, choices, usage }: Fields): Seen {
  const all = recordsOf(choices);
  const [first = {}] = all;
  const message = fieldsOf(first.message);
  const { content, refusal, annotations, tool_calls, thinking_blocks } = message;
  const blocks = recordsOf(thinking_blocks);
  const calls = recordsOf(tool_calls).map((call) => {
    const called = fieldsOf(call.function);
    return { id: String(call.id ?? ""), name: String(called.name), input: inputOf(called.arguments) };
  });
  const thinking = stringOf(message.reasoning_content) ?? stringOf(message.reasoning);
  return present({
    id: stringOf(id),
    model: stringOf(model),
    text: stringOf(content),
    refusal: stringOf(refusal),
    calls,
    thinking,
    signatures: blocks.map(({ signature }) => plainSignature(signature)).filter((one) => one !== ""),
    redacted: blocks.flatMap(({ data }) => stringOf(data) ?? []),
    order: orderOf(stringOf(content) ?? "", blocks, thinking, calls),
    citations: recordsOf(annotations),
    stop: STOPS[String(first.finish_reason) as keyof typeof STOPS],
    stopSequence: stringOf(first.stop_reason),
    ...usageOf(usage),
    logprobs: recordsOf(fieldsOf(first.logprobs).content).map(({ token, logprob }) => ({
      token: String(token),
      logprob: Number(logprob),
    })),
    choices: all.length > 1 ? all.map((choice) => String(fieldsOf(choice.message).content)) : undefined,
  });
}

/** A block of thinking says how much of the text is before it. */
function orderOf(text: string, blocks: readonly Fields[], thinking: string | undefined, calls: Seen["calls"] = []) {
  const order: string[] = [];
  let at = 0;
  const addText = (end: number) => {
    if (end > at) order.push(`text ${text.slice(at, end)}`);
    at = end;
  };
  if (blocks.length === 0 && thinking !== undefined) order.push(`thinking ${thinking}`);
  for (const block of blocks) {
    addText(numberOf(block.text_before) ?? 0);
    order.push(`thinking ${stringOf(block.thinking) ?? ""}`);
  }
  addText(text.length);
  return [...order, ...calls.map(({ name }) => `call ${name}`)];
}

type Counts = "usage" | "cacheRead" | "cacheWritten" | "thinkingTokens";

/** Counts in OpenAI's form, of chat and of completions. */
export function usageOf(usage: unknown): { readonly [Name in Counts]: Seen[Name] | undefined } {
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = fieldsOf(usage);
  const [prompt, completion] = [numberOf(prompt_tokens), numberOf(completion_tokens)];
  const details = fieldsOf(prompt_tokens_details);
  return {
    usage: prompt === undefined || completion === undefined ? undefined : { prompt, completion },
    cacheRead: numberOf(details.cached_tokens),
    cacheWritten: numberOf(details.cache_write_tokens),
    thinkingTokens: numberOf(fieldsOf(completion_tokens_details).reasoning_tokens),
  };
}

interface Gathered {
  readonly index: number;
  readonly message: Record<string, unknown>;
  readonly calls: { id: string; type: string; function: { name: string; arguments: string } }[];
  readonly rest: Record<string, unknown>;
  readonly logprobs: unknown[];
}

/** A stream put together as OpenAI's SDKs do. */
export function seenInChatStream(text: string): Seen {
  const data = serverSentEvents(text).map((event) => event.data);
  const last = data.at(-1) === "[DONE]" ? data.slice(0, -1) : data;
  const events = last.map((one) => fieldsOf(JSON.parse(one)));
  const failure = events.find(({ error }) => error !== undefined);
  const chunks = events.filter((event) => event !== failure);
  must(failure !== undefined || data.at(-1) === "[DONE]", "a stream of chat must end with [DONE]", data.at(-1));
  must(failure === undefined || failure === events.at(-1), "an error must be the last event", events.at(-1));
  const choices = new Map<number, Gathered>();
  let usage: unknown;
  for (const chunk of chunks) {
    ChatCompletionChunk.parse(chunk);
    must(chunk.id === chunks[0]?.id, "all chunks must have one id", chunk.id);
    must(chunk.prompt_usage === undefined, "a chunk must have no field of the gateway's own", chunk);
    usage = chunk.usage ?? usage;
    for (const choice of recordsOf(chunk.choices)) gather(choices, choice);
  }
  const whole = [...choices.values()].map(({ index, message, calls, rest, logprobs }) => ({
    index,
    message: { ...message, tool_calls: calls },
    ...rest,
    logprobs: { content: logprobs },
  }));
  const { id, model } = chunks[0] ?? {};
  const seen = seenInCompletion({ id, model, choices: whole, usage });
  return failure === undefined ? seen : { ...seen, error: chatError(failure) };
}

function gather(choices: Map<number, Gathered>, choice: Fields): void {
  const index = Number(choice.index);
  const made = choices.get(index) ?? { index, message: {}, calls: [], rest: {}, logprobs: [] };
  choices.set(index, made);
  const { tool_calls, thinking_blocks, annotations, role: _role, ...texts } = fieldsOf(choice.delta);
  for (const [name, value] of Object.entries(texts))
    if (typeof value === "string") made.message[name] = `${made.message[name] ?? ""}${value}`;
  for (const [name, value] of Object.entries({ thinking_blocks, annotations }))
    if (Array.isArray(value)) made.message[name] = [...recordsOf(made.message[name]), ...value];
  for (const name of ["finish_reason", "stop_reason"]) if (choice[name] != null) made.rest[name] = choice[name];
  made.logprobs.push(...recordsOf(fieldsOf(choice.logprobs).content));
  for (const call of recordsOf(tool_calls)) {
    const position = Number(call.index);
    const called = made.calls[position] ?? { id: "", type: "function", function: { name: "", arguments: "" } };
    made.calls[position] = called;
    const { name = "", arguments: json = "" } = fieldsOf(call.function);
    called.id += stringOf(call.id) ?? "";
    called.function.name += String(name);
    called.function.arguments += String(json);
  }
}

/** @param body with `error` in it */
export function chatError(body: unknown): NonNullable<Seen["error"]> {
  const { code, type, message } = fieldsOf(fieldsOf(body).error);
  must(typeof type === "string" && typeof message === "string", "an error must have a type and a message", body);
  return { code: String(code), type: String(type), message: String(message) };
}
