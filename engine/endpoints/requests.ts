import { setImmediate } from "node:timers/promises";
import type { Token } from "node-llama-cpp";
import * as z from "zod";
import type { ChatCompletionRequest } from "../../contracts/api/chat.ts";
import type { ErrorDetail } from "../../contracts/api/errors.ts";
import { samplingFields } from "../../contracts/api/sampling.ts";
import { ApiError, unsupportedLocally } from "../http/api-error.ts";
import type { LlamaEngine } from "../inference/llama.ts";
import { readSampling, type Sampling, type SamplingFields } from "../inference/sampling.ts";
import { textsOf } from "../prompt/chat-prompt.ts";

/** vLLM's own fields that the local engine supports as well. */
const ExtraFields = z.looseObject({
  min_p: z.number().min(0).max(1).nullish(),
  ignore_eos: z.boolean().nullish(),
  stop_token_ids: z.array(z.int().min(0)).max(64).nullish(),
});

/** Fields of vLLM that would change the completion, and that llama.cpp can't follow. */
const UNSUPPORTED = [
  "min_tokens",
  "bad_words",
  "allowed_token_ids",
  "prompt_logprobs",
  "use_beam_search",
  "guided_whitespace_pattern",
  "include_stop_str_in_output",
  "truncate_prompt_tokens",
  "continue_final_message",
  "chat_template",
  "prompt_embeds",
  "audio",
  "functions",
  "function_call",
];

/** The settings of a checked request, for completions and chat. */
export interface CommonRequest {
  readonly n: number;
  readonly stop: readonly string[];
  readonly stopTokens: readonly Token[];
  readonly sampling: Sampling;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly ignoreEnd: boolean;
}

/** Checks a body against a schema of `contracts/`. Throws an ApiError that lists all problems. */
export function parseBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const parsed = schema.safeParse(body);
  const extra = ExtraFields.safeParse(body);
  const issues = [...(parsed.error?.issues ?? []), ...(parsed.success ? (extra.error?.issues ?? []) : [])];
  if (parsed.success && issues.length === 0) return parsed.data;
  throw invalid(issues.map((issue) => ({ param: issue.path.join("."), message: issue.message })));
}

export function invalid(details: readonly ErrorDetail[]): ApiError {
  const listed = details.map(({ param, message }) => (param === "" ? message : `${param}: ${message}`)).join("; ");
  return new ApiError("invalid_request", { message: `The request has invalid fields. ${listed}`, details });
}

/** Throws `model_not_found` for a name that this engine does not serve. */
export function requireModel(model: string, names: readonly string[]): void {
  if (names.includes(model)) return;
  const message = `The model \`${model}\` does not exist here. This engine serves ${names.join(", ")}.`;
  throw new ApiError("model_not_found", { message, details: [{ param: "model", message }] });
}

/** Texts of a list that are tokenized before other work runs; each is of one piece at most. */
const TEXTS_IN_TURN = 16;

/** The tokens of a model. */
interface Vocabulary extends Pick<LlamaEngine, "isToken" | "maxModelLength"> {
  /** Resolves with `undefined` for a text that is longer than the context. */
  tokenize(text: string): Promise<Token[] | undefined>;
}

/** Token ids of a request as this model's tokens. Throws an ApiError that names the first invalid one. */
export function readTokens(engine: Pick<Vocabulary, "isToken">, ids: readonly number[], param: string): Token[] {
  return ids.map((id, index) => {
    if (engine.isToken(id)) return id;
    throw invalid([{ param: `${param}.${index}`, message: `${id} is not a token of this model` }]);
  });
}

/**
 * OpenAI's four forms of a text: one or several, as text or as token ids; `param` is the path of each. Rejects with
 * `context_length_exceeded` before all of a text is tokenized that is longer than the context.
 */
export async function readTextOrTokens(
  engine: Vocabulary,
  value: string | readonly string[] | readonly number[] | readonly (readonly number[])[],
  param: string,
): Promise<readonly { readonly param: string; readonly tokens: Token[] }[]> {
  if (typeof value === "string") return [await readOne(engine, value, param)];
  const ids = value.filter((part) => typeof part === "number");
  if (ids.length > 0) return [await readOne(engine, ids, param)];
  const all: { readonly param: string; readonly tokens: Token[] }[] = [];
  for (const [index, part] of value.entries()) {
    if (typeof part === "number") continue;
    all.push(await readOne(engine, part, `${param}.${index}`));
    if (index % TEXTS_IN_TURN === TEXTS_IN_TURN - 1) await setImmediate();
  }
  return all;
}

/** An `ApiError` for a prompt that is not counted to its end. */
export function longerThanContext(context: number, param: string): ApiError {
  const message = `The model's context holds ${context} tokens; the prompt alone has more. Shorten the prompt.`;
  return new ApiError("context_length_exceeded", { message, details: [{ param, message }] });
}

async function readOne(engine: Vocabulary, text: string | readonly number[], param: string) {
  const tokens = typeof text === "string" ? await engine.tokenize(text) : readTokens(engine, text, param);
  if (tokens === undefined) throw longerThanContext(engine.maxModelLength, param);
  if (tokens.length === 0) throw invalid([{ param, message: "must not be empty" }]);
  return { param, tokens };
}

/**
 * The tokens of a conversation up to the assistant's message. Rejects with `context_length_exceeded` before a text is
 * formatted, or all of it tokenized, that is longer than the context.
 */
export async function conversationTokens(
  engine: Pick<LlamaEngine, "holds" | "chat" | "maxModelLength">,
  messages: ChatCompletionRequest["messages"],
  instructions: string | null,
): Promise<Token[]> {
  const { maxModelLength } = engine;
  // A template writes at least a token for each message, an empty one too.
  const isHeld = messages.length <= maxModelLength && (await engine.holds([...textsOf(messages), instructions ?? ""]));
  const tokens = isHeld ? await engine.chat.tokens(messages, instructions, maxModelLength) : undefined;
  if (tokens === undefined) throw longerThanContext(maxModelLength, "prompt");
  return tokens;
}

const Common = z.looseObject(samplingFields);

/** Reads the shared fields of a request that passed its schema. */
export function readCommon(body: z.infer<typeof Common>, engine: LlamaEngine, names: readonly string[]): CommonRequest {
  requireModel(body.model, names);
  for (const field of UNSUPPORTED) {
    const value = body[field];
    const empty = Array.isArray(value) && value.length === 0;
    if (value != null && value !== false && value !== 0 && !empty)
      throw unsupportedLocally(field, `The request has \`${field}\``);
  }
  const extra = ExtraFields.parse(body);
  const fields: SamplingFields = { ...body, min_p: extra.min_p };
  const unknown = Object.keys(body.logit_bias ?? {}).filter((id) => !engine.isToken(Number(id)));
  if (unknown.length > 0) {
    throw invalid(unknown.map((id) => ({ param: `logit_bias.${id}`, message: "is not a token of this model" })));
  }
  const { stop } = body;
  return {
    n: body.n ?? 1,
    stop: typeof stop === "string" ? [stop] : (stop ?? []),
    stopTokens: readTokens(engine, extra.stop_token_ids ?? [], "stop_token_ids"),
    sampling: readSampling(fields, engine.file.sampling),
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    ignoreEnd: extra.ignore_eos ?? false,
  };
}

/**
 * Tokens that may be generated after a prompt. An own `maxTokens` must fit; a default shrinks to what is left.
 * Throws `context_length_exceeded` with the counts.
 */
export function allowedTokens(
  engine: LlamaEngine,
  prompt: readonly Token[],
  maxTokens: number | null,
  byDefault: number,
): number {
  const context = engine.maxModelLength;
  const left = context - prompt.length;
  if (maxTokens !== null && maxTokens <= left) return maxTokens;
  if (maxTokens === null && left > 0) return Math.min(byDefault, left);
  const counts =
    maxTokens === null
      ? `the prompt alone has ${prompt.length}`
      : `the prompt has ${prompt.length} and max_tokens asks for ${maxTokens}, ${prompt.length + maxTokens} in all`;
  const remedy = left > 0 ? `Shorten the prompt, or lower max_tokens to at most ${left}.` : "Shorten the prompt.";
  const message = `The model's context holds ${context} tokens; ${counts}. ${remedy}`;
  const param = maxTokens === null || left <= 0 ? "prompt" : "max_tokens";
  throw new ApiError("context_length_exceeded", { message, details: [{ param, message }] });
}
