import * as fc from "fast-check";
import { withTextBefore } from "../dialects/inner/thinking-order.ts";
import { words } from "./dialect-cases.ts";

const toolName = fc.stringMatching(/^[a-z_]{1,12}$/);
/** Arguments as JSON has them: no negative zero. */
const inputs = fc
  .dictionary(words, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((input) => JSON.parse(JSON.stringify(input)) as Record<string, unknown>);

const thinking = fc
  .tuple(fc.oneof(words, fc.constant("")), fc.stringMatching(/^[A-Za-z0-9+]{1,12}=$/))
  .map(([text, signature]) => ({ type: "thinking", thinking: text, signature }) as const);
const text = words.map((one) => ({ type: "text", text: one }) as const);
export type WrittenPart = { type: "thinking"; thinking: string; signature: string } | { type: "text"; text: string };

/** What a model wrote: thinking and texts in any order, no two texts behind each other, and then calls. */
export interface Written {
  readonly parts: readonly WrittenPart[];
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: Record<string, unknown> }[];
}

export const written: fc.Arbitrary<Written> = fc
  .tuple(
    fc.array(fc.oneof(thinking, text), { maxLength: 5 }),
    fc.array(fc.record({ name: toolName, input: inputs }), { maxLength: 3 }),
  )
  .filter(([parts, calls]) => calls.length > 0 || parts.some(({ type }) => type === "text"))
  .map(([parts, calls]) => ({
    parts: parts.filter(({ type }, index) => type === "thinking" || parts[index - 1]?.type !== "text"),
    calls: calls.map((call, index) => ({ id: `call_${index}`, ...call })),
  }));

/** The same as a message of Anthropic's. */
export function anthropicContent({ parts, calls }: Written) {
  return [...parts, ...calls.map((call) => ({ type: "tool_use", ...call }))];
}

/** The same as an assistant's message of a chat completion. */
export function chatMessage({ parts, calls }: Written) {
  let content = "";
  const blocks: object[] = [];
  for (const part of parts) {
    if (part.type === "text") content += part.text;
    else blocks.push(withTextBefore(part, content.length));
  }
  const reasoning = parts.map((part) => (part.type === "thinking" ? part.thinking : "")).join("");
  return {
    role: "assistant",
    content: content === "" ? null : content,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(blocks.length > 0 ? { thinking_blocks: blocks } : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id, name, input }) => ({
            id,
            type: "function",
            function: { name, arguments: JSON.stringify(input) },
          })),
        }
      : {}),
  };
}

/** The same as a streamed chat completion, whose deltas have this many characters. */
export function chatStream({ parts, calls }: Written, size: number, finish: string, usage: object): string {
  let length = 0;
  const deltas = [
    ...parts.flatMap((part): readonly object[] => {
      if (part.type === "thinking") {
        const block = withTextBefore(part, length);
        return [
          ...cut(part.thinking, size).map((reasoning_content) => ({ reasoning_content })),
          { thinking_blocks: [block] },
        ];
      }
      length += part.text.length;
      return cut(part.text, size).map((content) => ({ content }));
    }),
    ...calls.flatMap(({ id, name, input }, index) => [
      { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] },
      ...cut(JSON.stringify(input), size).map((json) => ({ tool_calls: [{ index, function: { arguments: json } }] })),
    ]),
  ];
  const chunks = [
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: finish }] },
    { choices: [], usage },
  ];
  return `${chunks.map((chunk) => `data: ${JSON.stringify({ id: "chatcmpl-1", ...chunk })}\n\n`).join("")}data: [DONE]\n\n`;
}

function cut(whole: string, size: number): readonly string[] {
  const characters = [...whole];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(""));
  return pieces;
}

const PNG = "data:image/png;base64,iVBORw0KGgo=";
const PDF = "data:application/pdf;base64,JVBERi0xLjcK";
const mark = fc.constantFrom({}, { cache_control: { type: "ephemeral" } });
const userPart = fc.oneof(
  fc.tuple(words, mark).map(([one, marked]) => ({ type: "text", text: one, ...marked })),
  fc.constantFrom(
    { type: "image_url", image_url: { url: PNG } },
    { type: "file", file: { file_data: PDF, filename: "report" } },
  ),
);
const result = fc.oneof(words, fc.constantFrom("", [{ type: "image_url", image_url: { url: PNG } }]));

/** Conversations with images, documents, thinking, calls and results. */
export const richConversations = fc
  .tuple(
    fc.array(words, { maxLength: 2 }),
    fc.array(userPart, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(written, fc.array(result, { minLength: 3, maxLength: 3 }), words), { maxLength: 3 }),
  )
  .map(([system, first, turns]) => [
    ...system.map((content) => ({ role: "system", content })),
    { role: "user", content: first },
    ...turns.flatMap(([turn, results, next], index) => {
      const calls = turn.calls.map((call) => ({ ...call, id: `${call.id}_${index}` }));
      return [
        chatMessage({ ...turn, calls }),
        ...calls.map(({ id }, position) => ({ role: "tool", tool_call_id: id, content: results[position] })),
        { role: "user", content: next },
      ];
    }),
  ]);

const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = fc
  .uniqueArray(toolName, { minLength: 1, maxLength: 3 })
  .map((names) =>
    names.map((name) => ({ type: "function", function: { name, description: `Does ${name}`, parameters } })),
  );

/** Options of a request, each of which Anthropic has words for. */
export const options = fc.record(
  {
    max_completion_tokens: fc.integer({ min: 1, max: 9999 }),
    temperature: fc.constantFrom(0, 0.5, 1),
    top_p: fc.constantFrom(0.1, 0.9),
    top_k: fc.integer({ min: 1, max: 50 }),
    stop: fc.array(fc.stringMatching(/^\S{1,8}$/), { minLength: 1, maxLength: 3 }),
    user: fc.stringMatching(/^\w{1,20}$/),
    tools,
    tool_choice: fc.constantFrom("auto", "none", "required"),
    parallel_tool_calls: fc.boolean(),
    thinking: fc.constant({ type: "enabled", budget_tokens: 2000 }),
    reasoning_effort: fc.constantFrom("low", "medium", "high"),
    response_format: fc.constant({ type: "json_schema", json_schema: { name: "answer", schema: parameters } }),
  },
  { requiredKeys: [] },
);
