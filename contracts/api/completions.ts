import * as z from "zod";
import { boundedList, isTokenId } from "./bounded-schemas.ts";
import { FinishReason, samplingFields, Usage } from "./sampling.ts";

/** `POST /v1/completions`. */
export const CompletionRequest = z
  .looseObject({
    ...samplingFields,
    /** OpenAI takes 0 here: with `echo`, the prompt alone comes back. */
    max_tokens: z.int().min(0).max(1_000_000).nullish(),
    prompt: z.union([
      z.string(),
      boundedList(z.array(z.string()).min(1).max(64)),
      boundedList(z.array(z.int().min(0)).min(1), isTokenId),
      boundedList(
        z
          .array(boundedList(z.array(z.int().min(0)).min(1), isTokenId))
          .min(1)
          .max(64),
      ),
    ]),
    suffix: z.string().nullish(),
    echo: z.boolean().nullish(),
    best_of: z.int().min(1).max(16).nullish(),
    logprobs: z.int().min(0).max(5).nullish(),
  })
  .meta({ id: "CompletionRequest" });
export type CompletionRequest = z.infer<typeof CompletionRequest>;

const CompletionLogprobs = z.looseObject({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
  text_offset: z.array(z.int()),
});

/** The response of `POST /v1/completions`, and each event's data when it is streamed. */
export const CompletionResponse = z
  .looseObject({
    id: z.string(),
    object: z.literal("text_completion"),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        text: z.string(),
        finish_reason: FinishReason.nullable(),
        logprobs: CompletionLogprobs.nullish(),
      }),
    ),
    usage: Usage.nullish(),
  })
  .meta({ id: "CompletionResponse" });
export type CompletionResponse = z.infer<typeof CompletionResponse>;
