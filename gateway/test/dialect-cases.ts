import * as fc from "fast-check";
import type { OutboundRequest, StreamTranslator } from "../core/dialect.ts";
import type { GenerationRequest } from "../core/generation-request.ts";

/** For tests: a chat completion on its way to an upstream. */
export function outbound(fields: Record<string, unknown>, model = "upstream-model"): OutboundRequest {
  return { model, origin: "https://provider.example.com", generation: generation(fields) };
}

export function generation(fields: Record<string, unknown>): GenerationRequest {
  const body = { model: "tiny", messages: [{ role: "user", content: "Hi" }], ...fields };
  return {
    route: "/v1/chat/completions",
    model: body.model,
    tenant: "t",
    stream: fields.stream === true,
    wantsUsage: true,
    maxTokens: undefined,
    promptTokensEstimate: 10,
    routedPrompts: new Map(),
    bytes: Buffer.from(JSON.stringify(body)),
    fields: body,
  };
}

/** Runs bytes through a translator in pieces of these sizes (repeated), to its end. */
export function translated(translator: StreamTranslator, bytes: Uint8Array, sizes: readonly number[]): string {
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[turn % sizes.length] ?? 1);
    out.push(translator.push(Buffer.from(bytes.subarray(at, at + size))));
    at += size;
  }
  return Buffer.concat([...out, translator.end()]).toString("utf8");
}

/** Sizes of pieces that a stream is cut into. */
export const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });

/** Text as models write it: any characters but halves of one. */
export const words = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });

/** What a stream may be damaged by: bytes changed, taken out, or put in. */
export const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom("cut", "flip", "insert"),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
});

export function damaged(
  bytes: Uint8Array,
  { at, kind, bytes: strange }: { at: number; kind: string; bytes: Uint8Array },
): Buffer {
  const position = Math.floor(at * bytes.length);
  const before = bytes.subarray(0, position);
  if (kind === "cut") return Buffer.from(before);
  return Buffer.concat([before, strange, bytes.subarray(kind === "flip" ? position + strange.length : position)]);
}

/** The data of the events of a stream in OpenAI's dialect, each parsed; throws where one can't be. */
export function chatEvents(text: string): readonly Record<string, unknown>[] {
  const parts = text.split("\n\n");
  if (parts.pop() !== "") throw new Error("the stream ends inside an event");
  return parts
    .filter((part) => part !== "data: [DONE]")
    .map((part) => {
      if (!part.startsWith("data: ") || part.includes("\n")) throw new Error(`not an event: ${part}`);
      return JSON.parse(part.slice(6)) as Record<string, unknown>;
    });
}

interface Delta {
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly thinking_blocks?: readonly unknown[];
  readonly tool_calls?: readonly {
    index: number;
    id?: string;
    function: { name?: string; arguments?: string };
  }[];
}

/** Puts a streamed chat completion together as a client does. */
export function gathered(text: string) {
  const events = chatEvents(text);
  const calls: { id: string; name: string; arguments: string }[] = [];
  let content = "";
  let reasoning = "";
  let finish: unknown;
  let stopReason: unknown;
  const thinking: unknown[] = [];
  for (const { choices } of events) {
    const choice = (choices as { delta: Delta; finish_reason: unknown; stop_reason?: unknown }[] | undefined)?.[0];
    if (choice === undefined) continue;
    content += choice.delta.content ?? "";
    reasoning += choice.delta.reasoning_content ?? "";
    thinking.push(...(choice.delta.thinking_blocks ?? []));
    for (const call of choice.delta.tool_calls ?? []) {
      const made = calls[call.index] ?? { id: "", name: "", arguments: "" };
      calls[call.index] = made;
      made.id += call.id ?? "";
      made.name += call.function.name ?? "";
      made.arguments += call.function.arguments ?? "";
    }
    finish = choice.finish_reason ?? finish;
    stopReason = choice.stop_reason ?? stopReason;
  }
  return {
    content,
    reasoning,
    thinking,
    calls,
    finish,
    stopReason,
    usage: events.at(-1)?.usage,
    error: events.at(-1)?.error as { code: string; message: string } | undefined,
    isDone: text.endsWith("data: [DONE]\n\n"),
  };
}

const toolName = fc.stringMatching(/^[a-z_]{1,12}$/);

/** A user's turn, then an assistant's, whose calls all have results; as OpenAI's messages. */
const turn = fc.record({
  texts: fc.array(fc.oneof(words, fc.constant("")), { minLength: 1, maxLength: 3 }),
  asParts: fc.boolean(),
  reply: fc.option(words, { nil: null }),
  calls: fc.array(fc.record({ name: toolName, input: fc.dictionary(words, fc.jsonValue({ maxDepth: 2 })) }), {
    maxLength: 3,
  }),
});

/** Conversations that an OpenAI client may send, with tool calls in them. */
export const conversations = fc
  .tuple(fc.array(words, { maxLength: 2 }), words, fc.array(turn, { maxLength: 4 }))
  .map(([system, first, turns]) => [
    ...system.map((content) => ({ role: "system", content })),
    { role: "user", content: first },
    ...turns.flatMap(({ texts, asParts, reply, calls }, index) => [
      ...texts.map((text) => ({ role: "user", content: asParts ? [{ type: "text", text }] : text })),
      {
        role: "assistant",
        content: reply,
        ...(calls.length === 0
          ? {}
          : {
              tool_calls: calls.map(({ name, input }, callIndex) => ({
                id: `call_${index}_${callIndex}`,
                type: "function",
                function: { name, arguments: JSON.stringify(input) },
              })),
            }),
      },
      ...calls.map((_call, callIndex) => ({
        role: "tool",
        tool_call_id: `call_${index}_${callIndex}`,
        content: "done",
      })),
    ]),
  ]);

/** For fake engines: a call of `weather` for Oslo, as a whole response and as a stream. */
export const TOOL_CALL = {
  whole: {
    status: 200,
    body: JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "tiny",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: "Looking",
            tool_calls: [
              { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
            ],
          },
          finish_reason: "tool_calls",
        },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    }),
  },
  stream: {
    status: 200,
    headers: { "content-type": "text/event-stream" },
    body: [
      { choices: [{ index: 0, delta: { role: "assistant", content: "Looking" }, finish_reason: null }] },
      toolDelta({ id: "call_1", type: "function", function: { name: "weather", arguments: "" } }),
      toolDelta({ function: { arguments: '{"city":' } }),
      toolDelta({ function: { arguments: '"Oslo"}' } }),
      { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
      { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } },
    ]
      .map((event) => `data: ${JSON.stringify({ id: "chatcmpl-1", ...event })}\n\n`)
      .concat("data: [DONE]\n\n")
      .join(""),
  },
};

function toolDelta(call: Record<string, unknown>) {
  return { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: null }] };
}
