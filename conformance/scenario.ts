import * as z from "zod";

/** The SDK's method that a scenario calls. */
export const Call = z.enum([
  "models.list",
  "models.get",
  "completions",
  "completions.stream",
  "chat",
  "chat.stream",
  "embeddings",
  "responses",
  "responses.stream",
  "responses.chain",
  "files",
  "batches",
  "batches.cancel",
  "messages",
  "messages.stream",
]);
export type Call = z.infer<typeof Call>;

/** Which SDK: OpenAI's, or Anthropic's. */
export const Sdk = z.enum(["openai", "anthropic"]);

export const Scenario = z.strictObject({
  id: z.string(),
  sdk: Sdk.default("openai"),
  call: Call,
  /** `wrong` for a scenario about a key that does not exist. */
  key: z.enum(["right", "wrong"]).default("right"),
  /**
   * The outcome is the model's own choice: it is made while the engine computes nothing else. A batch of sequences
   * rounds differently than one sequence, which turns a choice at temperature 0 now and then.
   */
  alone: z.boolean().default(false),
  /** The model of `models.get`. */
  model: z.string().optional(),
  /** The request's body; of batches `{endpoint, bodies}`: the bodies of its requests, by `custom_id`. */
  body: z.record(z.string(), z.unknown()).optional(),
  expect: z.strictObject({
    /** A pattern that the text must match. */
    text: z.string().optional(),
    /** The text is JSON, with these keys. */
    jsonKeys: z.array(z.string()).optional(),
    finish: z.array(z.string()).optional(),
    /** Chunks with text, at least. */
    chunks: z.int().optional(),
    /** Prompt and completion tokens are both above zero. */
    usage: z.boolean().optional(),
    choices: z.int().optional(),
    tool: z.strictObject({ name: z.string(), argumentKeys: z.array(z.string()) }).optional(),
    logprobs: z.boolean().optional(),
    vectors: z.int().optional(),
    ids: z.array(z.string()).optional(),
    error: z.strictObject({ status: z.int(), code: z.string().optional(), param: z.string().optional() }).optional(),
  }),
});
export type Scenario = z.infer<typeof Scenario>;

/** A runner's result of one scenario. Fields that the call does not have are absent. */
export const Result = z.strictObject({
  id: z.string(),
  text: z.string().optional(),
  finish: z.string().optional(),
  chunks: z.int().optional(),
  promptTokens: z.int().optional(),
  completionTokens: z.int().optional(),
  choices: z.int().optional(),
  tool: z.strictObject({ name: z.string(), arguments: z.string() }).optional(),
  logprobs: z.int().optional(),
  /** Length of each vector. */
  vectors: z.array(z.int()).optional(),
  ids: z.array(z.string()).optional(),
  error: z
    .strictObject({ status: z.int(), code: z.string().optional(), param: z.string().optional(), message: z.string() })
    .optional(),
});
export type Result = z.infer<typeof Result>;
