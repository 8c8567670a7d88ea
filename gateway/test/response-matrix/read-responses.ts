import { ModelResponse, ResponseEvent } from "../../../contracts/api/responses.ts";
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

const LAST = ["response.completed", "response.incomplete", "response.failed"];

export function seenInResponse(text: string): Seen {
  return seenIn(JSON.parse(text));
}

function seenIn(value: unknown): Seen {
  ModelResponse.parse(value);
  const { id, model, status, incomplete_details, output, usage, error } = fieldsOf(value);
  const items = recordsOf(output);
  const parts = items.flatMap((item) => (item.type === "message" ? recordsOf(item.content) : []));
  const blocks = items.flatMap(({ encrypted_content: encrypted }) => thinkingIn(encrypted));
  const calls = items
    .filter(({ type }) => type === "function_call")
    .map((item) => ({ id: String(item.call_id ?? ""), name: String(item.name), input: inputOf(item.arguments) }));
  const ended = calls.length > 0 ? "calls" : "end";
  return present({
    id: stringOf(id),
    model: stringOf(model),
    text: parts.map((part) => stringOf(part.text) ?? "").join(""),
    refusal: parts.map((part) => stringOf(part.refusal) ?? "").join(""),
    calls,
    thinking: items.map(reasoningOf).join(""),
    signatures: blocks.map(({ signature }) => plainSignature(signature)).filter((one) => one !== ""),
    redacted: blocks.flatMap(({ data }) => stringOf(data) ?? []),
    order: items.map(orderedItem),
    citations: parts.flatMap(({ annotations }) => recordsOf(annotations)),
    stop: status === "completed" ? ended : stopOf(fieldsOf(incomplete_details).reason),
    ...usageOf(usage),
    logprobs: parts
      .flatMap(({ logprobs }) => recordsOf(logprobs))
      .map(({ token, logprob }) => ({ token: String(token), logprob: Number(logprob) })),
    ...(error === null || error === undefined ? {} : { error: failureOf(error) }),
  });
}

function stopOf(reason: unknown): Seen["stop"] {
  return reason === "max_output_tokens" ? "length" : reason === "content_filter" ? "filter" : undefined;
}

function reasoningOf({ type, content }: Fields): string {
  if (type !== "reasoning") return "";
  return recordsOf(content)
    .map((part) => stringOf(part.text) ?? "")
    .join("");
}

function orderedItem(item: Fields): string {
  if (item.type === "reasoning") return `thinking ${reasoningOf(item)}`;
  if (item.type === "function_call") return `call ${item.name}`;
  const texts = recordsOf(item.content).map((part) => stringOf(part.text) ?? stringOf(part.refusal) ?? "");
  return `text ${texts.join("")}`;
}

/** The gateway's own form: a provider's signed thinking in base64. */
function thinkingIn(encrypted: unknown): readonly Fields[] {
  if (typeof encrypted !== "string") return [];
  return recordsOf(JSON.parse(Buffer.from(encrypted, "base64").toString("utf8")));
}

function usageOf(usage: unknown) {
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = fieldsOf(usage);
  const [prompt, completion] = [numberOf(input_tokens), numberOf(output_tokens)];
  const details = fieldsOf(input_tokens_details);
  return {
    usage: prompt === undefined || completion === undefined ? undefined : { prompt, completion },
    cacheRead: numberOf(details.cached_tokens),
    cacheWritten: numberOf(details.cache_write_tokens),
    thinkingTokens: numberOf(fieldsOf(output_tokens_details).reasoning_tokens),
  };
}

function failureOf(error: unknown): NonNullable<Seen["error"]> {
  const { code, message } = fieldsOf(error);
  return { code: String(code), message: String(message) };
}

/**
 * A stream put together as OpenAI's SDKs do. Throws where its events are not those of one response: numbered from 0,
 * `created` and `in_progress` first, each item added, grown and done at its position, and the last response with the
 * items as they were done.
 */
export function seenInResponseStream(text: string): Seen {
  const events = serverSentEvents(text).map(({ name, data }) => {
    const event = fieldsOf(JSON.parse(data));
    ResponseEvent.parse(event);
    must(name === event.type, "an event must have its type as its name", { name, type: event.type });
    return event;
  });
  const types = events.map(({ type }) => String(type));
  must(types[0] === "response.created" && types[1] === "response.in_progress", "a stream must begin so", types);
  must(LAST.includes(types.at(-1) ?? ""), "a stream must end with the response", types);
  const items: { readonly added: Fields; done?: Fields; text: string }[] = [];
  for (const [index, event] of events.entries()) {
    must(event.sequence_number === index, "events must be numbered from 0", event);
    const item = items[Number(event.output_index)];
    if (event.type === "response.output_item.added") {
      must(event.output_index === items.length, "items must be added in order", event);
      items.push({ added: fieldsOf(event.item), text: "" });
    } else if (event.output_index !== undefined) {
      must(item !== undefined && item.done === undefined, "an event must be of an open item", event);
      if (item === undefined) continue;
      if (event.item_id !== undefined) must(event.item_id === item.added.id, "an event must have its item's id", event);
      if (String(event.type).endsWith(".delta")) item.text += String(event.delta);
      if (event.type === "response.output_item.done") item.done = fieldsOf(event.item);
    }
  }
  const response = fieldsOf(events.at(-1)?.response);
  const output = recordsOf(response.output);
  must(output.length === items.length, "the last response must have every item", response);
  for (const [index, { added, done, text: grown }] of items.entries()) {
    if (types.at(-1) === "response.failed") continue;
    const whole = JSON.stringify(output[index]);
    must(JSON.stringify(done) === whole, "an item must be in the response as it was done", { done, whole });
    must(added.type === done?.type && textOf(fieldsOf(done)) === grown, "deltas must be the item's text", {
      done,
      grown,
    });
  }
  return seenIn(response);
}

function textOf(item: Fields): string {
  const parts = recordsOf(item.content).map((part) => stringOf(part.text) ?? stringOf(part.refusal) ?? "");
  return parts.join("") + (stringOf(item.arguments) ?? "");
}
