import * as z from "zod";
import { anyObject, boundedList, boundedRecord } from "./bounded-schemas.ts";

/** vLLM's structured outputs: one of these defines the form of the completion. */
const StructuredOutputs = z.looseObject({
  /** A JSON schema, or its text. */
  json: z.union([anyObject(), z.string().min(1)]).nullish(),
  regex: z.string().min(1).nullish(),
  choice: boundedList(z.array(z.string()).min(1)).nullish(),
  grammar: z.string().min(1).nullish(),
  json_object: z.boolean().nullish(),
});

/** Parameters that completions and chat completions share. Unknown fields pass through to the engine. */
export const samplingFields = {
  model: z.string().min(1).max(200),
  /** Upper bound of generated tokens; the engine's own default applies when absent. */
  max_tokens: z.int().min(1).max(1_000_000).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  /** vLLM's extension: -1 or 0 switches it off. */
  top_k: z.int().min(-1).max(1_000_000).nullish(),
  /** vLLM's extension: tokens less likely than this share of the most likely one are excluded. */
  min_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(16).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  stop: z.union([z.string().min(1), boundedList(z.array(z.string().min(1)).max(16))]).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  /** vLLM's extension; 1 means none. */
  repetition_penalty: z.number().gt(0).max(2).nullish(),
  /** 64 bits, as OpenAI has it: more than a number of JavaScript keeps, so the digits go on as they came. */
  seed: z
    .number()
    .min(-(2 ** 63), "must be at least -9223372036854775808; raise it")
    .max(2 ** 63, "must be at most 9223372036854775807; lower it")
    .refine(Number.isInteger, "must be a whole number; round it")
    .meta({ type: "integer", format: "int64" })
    .nullish(),
  logit_bias: boundedRecord(z.record(z.string().regex(/^\d+$/), z.number().min(-100).max(100))).nullish(),
  user: z.string().max(512).nullish(),
  /** vLLM's extension. */
  structured_outputs: StructuredOutputs.nullish(),
} as const;

/** Token counts of one request, as OpenAI reports them. */
export const Usage = z.looseObject({
  prompt_tokens: z.int().min(0),
  completion_tokens: z.int().min(0),
  total_tokens: z.int().min(0),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.int().min(0) }).nullish(),
});
export type Usage = z.infer<typeof Usage>;

export const FinishReason = z.enum(["stop", "length", "content_filter", "tool_calls"]);
export type FinishReason = z.infer<typeof FinishReason>;

/** The names that OpenAI and Anthropic allow for tools. */
export const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;

/**
 * The longest name of a tool by the client's dialect: OpenAI's reference of chat completions and of responses, and the
 * form in Anthropic's errors, `^[a-zA-Z0-9_-]{1,128}$`.
 */
export const MAX_TOOL_NAME = { chat: 64, responses: 128, messages: 128 } as const;
