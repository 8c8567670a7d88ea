import * as z from "zod";
import { anyObject, boundedList } from "./bounded-schemas.ts";
import { FinishReason, MAX_TOOL_NAME, samplingFields, TOOL_NAME, Usage } from "./sampling.ts";

const ContentPart = z.looseObject({ type: z.enum(["text", "image_url", "input_audio", "file", "refusal"]) });

const ChatMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), boundedList(z.array(ContentPart).min(1))]).nullish(),
  name: z.string().max(64).nullish(),
});

const ResponseFormat = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({
      name: z.string().min(1).max(64),
      schema: anyObject(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

/** Functions, and tools that take any text, which OpenAI's own models have. */
function toolsNamed(name: z.ZodString) {
  const functionTool = z.looseObject({
    type: z.literal("function"),
    function: z.looseObject({ name, parameters: anyObject().nullish() }),
  });
  const customTool = z.looseObject({ type: z.literal("custom"), custom: z.looseObject({ name }).optional() });
  return boundedList(z.array(z.discriminatedUnion("type", [functionTool, customTool])).max(128)).nullish();
}

const ToolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string().min(1) }) }),
    z.looseObject({ type: z.literal("custom"), custom: z.looseObject({ name: z.string().min(1) }).optional() }),
    z.looseObject({
      type: z.literal("allowed_tools"),
      allowed_tools: z.looseObject({ mode: z.enum(["auto", "required"]) }).optional(),
    }),
  ]),
]);

/** OpenAI's, with `max` of Anthropic's; Groq's own has `default` too (https://console.groq.com/docs/reasoning). */
const ReasoningEffort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max", "default"]);

const chatFields = {
  ...samplingFields,
  messages: boundedList(z.array(ChatMessage).min(1).max(2048)),
  max_completion_tokens: z.int().min(1).max(1_000_000).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  reasoning_effort: ReasoningEffort.nullish(),
  response_format: ResponseFormat.nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
} as const;

/** `POST /v1/chat/completions`. */
export const ChatCompletionRequest = z
  .looseObject({
    ...chatFields,
    tools: toolsNamed(z.string().min(1).max(MAX_TOOL_NAME.chat).regex(TOOL_NAME)),
  })
  .meta({ id: "ChatCompletionRequest" });
/** The same as it goes to a target: clients of other dialects have tools with longer names. */
export const UpstreamChatRequest = z.looseObject({
  ...chatFields,
  tools: toolsNamed(z.string().min(1).max(MAX_TOOL_NAME.messages).regex(TOOL_NAME)),
});
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;

const TokenLogprob = z.looseObject({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int()).nullable(),
  top_logprobs: z.array(z.looseObject({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()).nullable() })),
});
const ChatLogprobs = z.looseObject({ content: z.array(TokenLogprob).nullable() });

/** Calls of custom tools come from OpenAI's own models alone, with `custom` in place of `function`. */
const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

/** The response of `POST /v1/chat/completions` when it is not streamed. */
export const ChatCompletionResponse = z
  .looseObject({
    id: z.string(),
    object: z.literal("chat.completion"),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        message: z.looseObject({
          role: z.literal("assistant"),
          content: z.string().nullable(),
          tool_calls: z.array(ToolCall).nullish(),
        }),
        finish_reason: FinishReason.nullable(),
        logprobs: ChatLogprobs.nullish(),
      }),
    ),
    usage: Usage.nullish(),
  })
  .meta({ id: "ChatCompletionResponse" });
export type ChatCompletionResponse = z.infer<typeof ChatCompletionResponse>;

/** One event's data of a streamed chat completion. The stream ends with `data: [DONE]`. */
export const ChatCompletionChunk = z
  .looseObject({
    id: z.string(),
    object: z.literal("chat.completion.chunk"),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        delta: z.looseObject({ role: z.literal("assistant").nullish(), content: z.string().nullish() }),
        finish_reason: FinishReason.nullable(),
        logprobs: ChatLogprobs.nullish(),
      }),
    ),
    usage: Usage.nullish(),
  })
  .meta({ id: "ChatCompletionChunk" });
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
