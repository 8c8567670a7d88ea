import { pieces, type Turn, USAGE } from "./turn.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A turn as a whole chat completion. @param id unique in the conversation, the stem of the calls' ids */
export function chatCompletion(turn: Turn, model: string, id: string): Fields {
  const calls = toolCalls(turn, id);
  const message = {
    role: "assistant",
    content: turn.text ?? null,
    refusal: null,
    ...(turn.thinking === undefined ? {} : { reasoning_content: turn.thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishReason(turn) };
  return { id: `chatcmpl-${id}`, object: "chat.completion", created: 1, model, choices: [choice], usage: usage(turn) };
}

/** A turn as the data of a chat completion's stream: thinking, text, calls in fragments, the end, the usage. */
export function chatChunks(turn: Turn, model: string, id: string): readonly string[] {
  const chunk = (fields: Fields) =>
    JSON.stringify({ id: `chatcmpl-${id}`, object: "chat.completion.chunk", created: 1, model, ...fields });
  const delta = (fields: Fields, reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: reason }] });
  const calls = toolCalls(turn, id).flatMap((call, index) => [
    delta({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: "" } }] }),
    ...pieces(call.function.arguments).map((text) => delta({ tool_calls: [{ index, function: { arguments: text } }] })),
  ]);
  return [
    delta({ role: "assistant", content: "" }),
    ...pieces(turn.thinking ?? "").map((text) => delta({ reasoning_content: text })),
    ...pieces(turn.text ?? "").map((text) => delta({ content: text })),
    ...calls,
    delta({}, finishReason(turn)),
    chunk({ choices: [], usage: usage(turn) }),
    "[DONE]",
  ];
}

/** Vectors of four numbers that differ by input. */
export function embeddings(input: readonly unknown[], model: string, format: unknown): Fields {
  const vectors = input.map((_, index) => Float32Array.of(index + 1, 0.5, -0.25, 1));
  const encoded = (vector: Float32Array) =>
    format === "base64" ? Buffer.from(vector.buffer).toString("base64") : [...vector];
  const data = vectors.map((vector, index) => ({ object: "embedding", index, embedding: encoded(vector) }));
  return { object: "list", data, model, usage: { prompt_tokens: USAGE.input, total_tokens: USAGE.input } };
}

const toolCalls = (turn: Turn, id: string) =>
  (turn.calls ?? []).map((call, index) => ({
    id: `call_${id}_${index}`,
    type: "function" as const,
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));

const finishReason = (turn: Turn) => (turn.calls === undefined ? "stop" : "tool_calls");

const usage = (turn: Turn) => ({
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
  prompt_tokens_details: { cached_tokens: turn.cachedTokens ?? 0 },
});
