import * as z from "zod";
import { anthropicFiltered, anthropicTooLong } from "../dialects/refusal-words.ts";
import { anyObject, boundedList } from "./bounded-schemas.ts";
import { inClientFields, MESSAGES_FIELDS } from "./client-fields.ts";
import { ERRORS, type ErrorBody, type ErrorCode, errorEntry } from "./errors.ts";
import { MAX_TOOL_NAME, TOOL_NAME } from "./sampling.ts";

const ContentBlock = z.looseObject({ type: z.string().min(1).max(64) });
const Content = z.union([z.string(), boundedList(z.array(ContentBlock).max(2048))]);
const MessagesModel = z.string().min(1).max(200);

/** A toolset of an MCP server has no name of its own. */
const MessagesTool = z.looseObject({
  name: z.string().min(1).max(MAX_TOOL_NAME.messages).regex(TOOL_NAME).optional(),
  type: z.string().max(64).nullish(),
});

const conversationFields = {
  model: MessagesModel,
  messages: boundedList(
    z
      .array(z.looseObject({ role: z.enum(["user", "assistant", "system"]), content: Content }))
      .min(1)
      .max(2048),
  ),
  system: Content.nullish(),
  tools: boundedList(z.array(MessagesTool).max(128)).nullish(),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "tool", "none"]), name: z.string().nullish() }).nullish(),
  thinking: z.looseObject({ type: z.enum(["enabled", "disabled", "adaptive", "between_tools"]) }).nullish(),
  output_config: z
    .looseObject({
      effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(),
      format: z.looseObject({ type: z.literal("json_schema"), schema: anyObject() }).nullish(),
    })
    .nullish(),
} as const;

/** `POST /v1/messages`, in Anthropic's dialect. */
export const MessagesRequest = z
  .looseObject({
    ...conversationFields,
    max_tokens: z.int().min(1).max(1_000_000),
    stream: z.boolean().nullish(),
    stop_sequences: boundedList(z.array(z.string().min(1)).max(16)).nullish(),
    temperature: z.number().min(0).max(1).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    top_k: z.int().min(0).max(1_000_000).nullish(),
    metadata: z.looseObject({ user_id: z.string().max(512).nullish() }).nullish(),
  })
  .meta({ id: "MessagesRequest" });

/** `POST /v1/messages/count_tokens`. */
export const CountTokensRequest = z.looseObject(conversationFields).meta({ id: "CountTokensRequest" });

const MessageUsage = z.looseObject({
  input_tokens: z.int().min(0),
  output_tokens: z.int().min(0),
  cache_read_input_tokens: z.int().min(0).nullish(),
  cache_creation_input_tokens: z.int().min(0).nullish(),
});

/** The response of `POST /v1/messages` when it is not streamed. */
export const Message = z
  .looseObject({
    id: z.string(),
    type: z.literal("message"),
    role: z.literal("assistant"),
    model: z.string(),
    content: z.array(ContentBlock),
    stop_reason: z
      .enum([
        "end_turn",
        "max_tokens",
        "stop_sequence",
        "tool_use",
        "refusal",
        // Of Anthropic's own models alone.
        "pause_turn",
        "model_context_window_exceeded",
      ])
      .nullable(),
    stop_sequence: z.string().nullable(),
    usage: MessageUsage,
  })
  .meta({ id: "Message" });

/** One event's data of a streamed message. */
export const MessageEvent = z
  .looseObject({
    type: z.enum([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
      "ping",
      "error",
    ]),
  })
  .meta({ id: "MessageEvent" });

/** The response of `POST /v1/messages/count_tokens`: an estimate. */
export const MessageTokens = z.looseObject({ input_tokens: z.int().min(0) }).meta({ id: "MessageTokens" });

/** Every error on these routes. `details.error_code` is the code of the error catalogue. */
export const MessagesErrorBody = z
  .object({
    type: z.literal("error"),
    error: z.object({
      type: z.string(),
      message: z.string(),
      /** Missing in API Gateway's own responses; then `code` has the code. */
      details: z
        .object({
          error_code: z.enum(Object.keys(ERRORS)),
          param: z.string().optional(),
          problems: z.array(z.object({ param: z.string(), message: z.string() })).optional(),
          decision_id: z.string().optional(),
        })
        .optional(),
      param: z.string().nullish(),
      code: z.enum(Object.keys(ERRORS)).optional(),
    }),
    request_id: z.string(),
  })
  .meta({ id: "MessagesError" });
export type MessagesErrorBody = z.infer<typeof MessagesErrorBody>;

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "request_too_large",
  415: "invalid_request_error",
  417: "invalid_request_error",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** An error in Anthropic's shape; our code is in the field that its SDKs read. */
export function messagesErrorBody({ error }: ErrorBody, requestId: string): MessagesErrorBody {
  const { message, code, param, details, decision_id } = inClientFields(error, MESSAGES_FIELDS);
  return {
    type: "error",
    error: {
      type: ERROR_TYPES[errorEntry(code).status] ?? "api_error",
      message: WORDS[code]?.(message) ?? message,
      details: {
        error_code: code,
        ...(param === null ? {} : { param }),
        ...(details === undefined ? {} : { problems: [...details] }),
        ...(decision_id === undefined ? {} : { decision_id }),
      },
    },
    request_id: requestId,
  };
}

/** Anthropic's words, by the code. */
const WORDS: Partial<Readonly<Record<ErrorCode, (message: string) => string>>> = {
  context_length_exceeded: anthropicTooLong,
  content_filter: anthropicFiltered,
};
