import * as z from "zod";
import { boundedList, isTokenId } from "./bounded-schemas.ts";
import { ChatCompletionRequest } from "./chat.ts";

/** `POST /tokenize`, vLLM's: the tokens of a text or of a conversation. */
export const TokenizeRequest = z
  .looseObject({
    model: z.string().min(1).max(200),
    /** A text. Either this or `messages`. */
    prompt: z.string().optional(),
    /** A conversation; counted with the model's chat template. */
    messages: ChatCompletionRequest.shape.messages.optional(),
    /** Whether a text gets the model's own beginning. */
    add_special_tokens: z.boolean().nullish(),
    /** Whether a conversation ends with the beginning of the assistant's message. */
    add_generation_prompt: z.boolean().nullish(),
    return_token_strs: z.boolean().nullish(),
  })
  .check(({ value: { prompt, messages }, issues }) => {
    if ((prompt === undefined) !== (messages === undefined)) return;
    const rule =
      prompt === undefined ? "must be a string unless there are `messages`" : "must not stand beside `messages`";
    issues.push({ code: "custom", path: ["prompt"], input: prompt, message: `${rule}; send one of the two` });
  })
  .meta({ id: "TokenizeRequest" });
export type TokenizeRequest = z.infer<typeof TokenizeRequest>;

/** The response of `POST /tokenize`. */
export const TokenizeResponse = z
  .looseObject({
    count: z.int().min(0),
    /** Longest prompt plus completion, in tokens. */
    max_model_len: z.int().min(1),
    tokens: z.array(z.int()),
    token_strs: z.array(z.string()).nullish(),
  })
  .meta({ id: "TokenizeResponse" });
export type TokenizeResponse = z.infer<typeof TokenizeResponse>;

/** `POST /detokenize`, vLLM's: the text of tokens. */
export const DetokenizeRequest = z
  .looseObject({
    model: z.string().min(1).max(200),
    tokens: boundedList(z.array(z.int().min(0)).max(1_000_000), isTokenId),
  })
  .meta({ id: "DetokenizeRequest" });
export type DetokenizeRequest = z.infer<typeof DetokenizeRequest>;

/** The response of `POST /detokenize`. */
export const DetokenizeResponse = z.looseObject({ prompt: z.string() }).meta({ id: "DetokenizeResponse" });
export type DetokenizeResponse = z.infer<typeof DetokenizeResponse>;
