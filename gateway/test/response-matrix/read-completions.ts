import { CompletionResponse } from "../../../contracts/api/completions.ts";
import { serverSentEvents } from "../../../lib/server-sent-events.ts";
import { chatError, usageOf } from "./read-chat.ts";
import { type Fields, fieldsOf, must, present, recordsOf, type Seen, stringOf } from "./seen.ts";

const STOPS = { stop: "end", length: "length", content_filter: "filter" } as const;

export function seenInTexts(text: string): Seen {
  const completion: unknown = JSON.parse(text);
  CompletionResponse.parse(completion);
  return seenInCompletion(fieldsOf(completion));
}

function seenInCompletion({ id, model, choices, usage }: Fields): Seen {
  const all = recordsOf(choices);
  const [first = {}] = all;
  const { tokens, token_logprobs } = fieldsOf(first.logprobs);
  const numbers: readonly unknown[] = Array.isArray(token_logprobs) ? token_logprobs : [];
  return present({
    id: stringOf(id),
    model: stringOf(model),
    text: stringOf(first.text),
    stop: STOPS[String(first.finish_reason) as keyof typeof STOPS],
    stopSequence: stringOf(first.stop_reason),
    ...usageOf(usage),
    logprobs: Array.isArray(tokens)
      ? tokens.map((token, index) => ({ token: String(token), logprob: Number(numbers[index]) }))
      : undefined,
    choices: all.length > 1 ? all.map((choice) => String(choice.text)) : undefined,
  });
}

export function seenInTextStream(text: string): Seen {
  const data = serverSentEvents(text).map((event) => event.data);
  const events = (data.at(-1) === "[DONE]" ? data.slice(0, -1) : data).map((one) => fieldsOf(JSON.parse(one)));
  const failure = events.find(({ error }) => error !== undefined);
  must(failure !== undefined || data.at(-1) === "[DONE]", "a stream of texts must end with [DONE]", data.at(-1));
  must(failure === undefined || failure === events.at(-1), "an error must be the last event", events.at(-1));
  const choices = new Map<number, Record<string, unknown>>();
  let usage: unknown;
  const chunks = events.filter((event) => event !== failure);
  for (const chunk of chunks) {
    CompletionResponse.parse(chunk);
    usage = chunk.usage ?? usage;
    for (const { index, text: piece, ...rest } of recordsOf(chunk.choices)) {
      const made = choices.get(Number(index)) ?? { text: "" };
      choices.set(Number(index), made);
      made.text = `${made.text}${piece}`;
      for (const [name, value] of Object.entries(rest)) if (value != null) made[name] = value;
    }
  }
  const { id, model } = chunks[0] ?? {};
  const seen = seenInCompletion({ id, model, choices: [...choices.values()], usage });
  return failure === undefined ? seen : { ...seen, error: chatError(failure) };
}
