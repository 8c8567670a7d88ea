import { pieces, type Turn, USAGE } from "./turn.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A turn as a whole message. @param id unique in the conversation, the stem of the calls' ids */
export function message(turn: Turn, model: string, id: string): Fields {
  return { ...envelope(model, id), content: blocks(turn, id), stop_reason: stopReason(turn), usage: usage(turn) };
}

/** A turn as the events of a message's stream. */
export function messageEvents(turn: Turn, model: string, id: string): readonly Fields[] {
  const start = { ...envelope(model, id), content: [], stop_reason: null, usage: { ...usage(turn), output_tokens: 1 } };
  return [
    { type: "message_start", message: start },
    { type: "ping" },
    ...blocks(turn, id).flatMap((block, index) => blockEvents(block, index)),
    {
      type: "message_delta",
      delta: { stop_reason: stopReason(turn), stop_sequence: null },
      usage: { output_tokens: USAGE.output },
    },
    { type: "message_stop" },
  ];
}

type Block =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: Fields };

function blockEvents(block: Block, index: number): readonly Fields[] {
  const delta = (fields: Fields) => ({ type: "content_block_delta", index, delta: fields });
  const begin = (fields: Fields) => ({ type: "content_block_start", index, content_block: { ...block, ...fields } });
  const end = { type: "content_block_stop", index };
  if (block.type === "text")
    return [begin({ text: "" }), ...pieces(block.text).map((text) => delta({ type: "text_delta", text })), end];
  if (block.type === "thinking")
    return [
      begin({ thinking: "", signature: "" }),
      ...pieces(block.thinking).map((thinking) => delta({ type: "thinking_delta", thinking })),
      delta({ type: "signature_delta", signature: block.signature }),
      end,
    ];
  const json = pieces(JSON.stringify(block.input));
  return [begin({ input: {} }), ...json.map((partial_json) => delta({ type: "input_json_delta", partial_json })), end];
}

function blocks(turn: Turn, id: string): readonly Block[] {
  return [
    ...(turn.thinking === undefined
      ? []
      : [{ type: "thinking" as const, thinking: turn.thinking, signature: "c2lnbmVkIHRoaW5raW5n" }]),
    ...(turn.text === undefined ? [] : [{ type: "text" as const, text: turn.text }]),
    ...(turn.calls ?? []).map((call, index) => ({
      type: "tool_use" as const,
      id: `toolu_${id}_${index}`,
      name: call.name,
      input: call.arguments,
    })),
  ];
}

const envelope = (model: string, id: string) => ({
  id: `msg_${id}`,
  type: "message",
  role: "assistant",
  model,
  stop_sequence: null,
});

const stopReason = (turn: Turn) => (turn.calls === undefined ? "end_turn" : "tool_use");

const usage = (turn: Turn) => ({
  input_tokens: USAGE.input,
  output_tokens: USAGE.output,
  cache_read_input_tokens: turn.cachedTokens ?? 0,
  cache_creation_input_tokens: 0,
});
