import type { ErrorCode } from "../errors.ts";
import { BATCH_OPERATIONS } from "./batch-operations.ts";
import type { SchemaName } from "./schemas.ts";

/** One method on one path of the API: what both the published reference and the edge are generated from. */
export interface Operation {
  readonly path: string;
  readonly method: "get" | "post" | "delete";
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** Names of the parameters in the path. */
  readonly pathParameters: readonly string[];
  readonly request?: {
    readonly schema: SchemaName;
    readonly example: unknown;
    /** @default "application/json" */
    readonly mediaType?: "multipart/form-data";
  };
  readonly response: {
    readonly schema: SchemaName;
    readonly description: string;
    readonly example?: unknown;
    /** @default "application/json" */
    readonly mediaType?: "text/html" | "application/jsonl";
  };
  /** Whether an answer that is not streamed may take longer, or be larger, than API Gateway's buffer allows (10 MB). */
  readonly isLong?: boolean;
  /** Parameters after the `?`, none of them required. */
  readonly queryParameters?: readonly { readonly name: string; readonly description: string }[];
  /** Schema of one event's data where the answer can be streamed, and what ends the stream. */
  readonly stream?: { readonly schema: SchemaName; readonly end: string };
  /** Whose shape errors have. @default "openai" */
  readonly errorShape?: "openai" | "anthropic";
  /** Statuses besides 200 that carry the same body, not the error body. */
  readonly otherStatuses?: readonly { readonly status: number; readonly description: string }[];
  readonly errors: readonly ErrorCode[];
  /** Whether the operation is open to everyone, whatever `auth` says. */
  readonly isPublic: boolean;
}

const CREDENTIALS = ["invalid_api_key", "missing_api_key"] as const satisfies readonly ErrorCode[];

const GENERATION_ERRORS = [
  "invalid_json",
  "invalid_request",
  "context_length_exceeded",
  ...CREDENTIALS,
  "permission_denied",
  "model_not_found",
  "method_not_allowed",
  "request_too_large",
  "unsupported_media_type",
  "rate_limit_exceeded",
  "internal_error",
  "upstream_error",
  "auth_unavailable",
  "model_unavailable",
  "overloaded",
  "shutting_down",
  "timeout",
] as const satisfies readonly ErrorCode[];

const READING_ERRORS = [
  ...CREDENTIALS,
  "permission_denied",
  "method_not_allowed",
  "rate_limit_exceeded",
  "internal_error",
  "auth_unavailable",
  "model_unavailable",
] as const satisfies readonly ErrorCode[];

/** A kept response needs no model. */
const STORED_ERRORS = [
  ...CREDENTIALS,
  "permission_denied",
  "not_found",
  "method_not_allowed",
  "rate_limit_exceeded",
  "internal_error",
  "auth_unavailable",
] as const satisfies readonly ErrorCode[];

const DONE = "then `data: [DONE]`";

const EXAMPLE_USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const EXAMPLE_RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1767225600,
  status: "completed",
  model: "phi-3-mini",
  output: [
    {
      id: "msg_1",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Apple, banana, cherry.", annotations: [], logprobs: [] }],
    },
  ],
  error: null,
  incomplete_details: null,
  previous_response_id: null,
  store: false,
  usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
};
const EXAMPLE_MODEL = {
  id: "phi-3-mini",
  object: "model",
  created: 1767225600,
  owned_by: "sluice",
  root: "microsoft/Phi-3-mini-4k-instruct",
  max_model_len: 4096,
};

const PAGE_ERRORS = [
  "method_not_allowed",
  "rate_limit_exceeded",
  "internal_error",
] as const satisfies readonly ErrorCode[];

/** Every operation of the API, in the order in which the reference shows them. */
export const OPERATIONS: readonly Operation[] = [
  {
    path: "/v1/completions",
    method: "post",
    operationId: "createCompletion",
    summary: "Continue a prompt",
    description: "Generates text that follows the prompt. With `stream: true` the answer is a stream of events.",
    pathParameters: [],
    request: {
      schema: "CompletionRequest",
      example: { model: "phi-3-mini", prompt: "Three fruits:", max_tokens: 32 },
    },
    response: {
      schema: "CompletionResponse",
      description: "The generated text.",
      example: {
        id: "cmpl-1",
        object: "text_completion",
        created: 1767225600,
        model: "phi-3-mini",
        choices: [{ index: 0, text: " apple, banana, cherry", finish_reason: "stop", logprobs: null }],
        usage: EXAMPLE_USAGE,
      },
    },
    stream: { schema: "CompletionResponse", end: DONE },
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/chat/completions",
    method: "post",
    operationId: "createChatCompletion",
    summary: "Answer a conversation",
    description: "Generates the next message of a conversation. With `stream: true` the answer is a stream of events.",
    pathParameters: [],
    request: {
      schema: "ChatCompletionRequest",
      example: { model: "phi-3-mini", messages: [{ role: "user", content: "List three fruits" }], stream: true },
    },
    response: {
      schema: "ChatCompletionResponse",
      description: "The generated message.",
      example: {
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1767225600,
        model: "phi-3-mini",
        choices: [
          { index: 0, message: { role: "assistant", content: "Apple, banana, cherry." }, finish_reason: "stop" },
        ],
        usage: EXAMPLE_USAGE,
      },
    },
    stream: { schema: "ChatCompletionChunk", end: DONE },
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/responses",
    method: "post",
    operationId: "createResponse",
    summary: "Create a response",
    description:
      "OpenAI's Responses. A response is kept only when `store` is true and this deployment keeps any; " +
      "then `previous_response_id` goes on from it.",
    pathParameters: [],
    request: { schema: "ResponseRequest", example: { model: "phi-3-mini", input: "List three fruits" } },
    response: { schema: "Response", description: "The response.", example: EXAMPLE_RESPONSE },
    stream: { schema: "ResponseEvent", end: "the last of which is `response.completed`, `.incomplete` or `.failed`" },
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/responses/{response}",
    method: "get",
    operationId: "getResponse",
    summary: "Get a kept response",
    description: "A response that was created with `store: true` and the same key, until its time is over.",
    pathParameters: ["response"],
    response: { schema: "Response", description: "The response.", example: EXAMPLE_RESPONSE },
    errors: STORED_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/responses/{response}",
    method: "delete",
    operationId: "deleteResponse",
    summary: "Delete a kept response",
    description: "Responses that went on from it stay as they are.",
    pathParameters: ["response"],
    response: {
      schema: "DeletedResponse",
      description: "It is gone.",
      example: { id: "resp_1", object: "response", deleted: true },
    },
    errors: STORED_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/responses/{response}/input_items",
    method: "get",
    operationId: "listResponseItems",
    summary: "List what went into a kept response",
    description: "Its input and all that came before it, the newest first.",
    pathParameters: ["response"],
    queryParameters: [
      { name: "limit", description: "Items of a page, 1 to 100; 20 where it is left out." },
      { name: "order", description: "`asc` for the oldest first." },
      { name: "after", description: "The last item of the page before." },
    ],
    response: {
      schema: "ResponseItemList",
      description: "One page of items.",
      example: {
        object: "list",
        data: [
          { id: "msg_1", type: "message", role: "user", content: [{ type: "input_text", text: "List three fruits" }] },
        ],
        first_id: "msg_1",
        last_id: "msg_1",
        has_more: false,
      },
    },
    errors: ["invalid_request", ...STORED_ERRORS],
    isPublic: false,
  },
  {
    path: "/v1/messages",
    method: "post",
    operationId: "createMessage",
    summary: "Create a message, in Anthropic's dialect",
    description: "For Anthropic's SDKs, with this address as base URL. The key may also come as `x-api-key`.",
    pathParameters: [],
    request: {
      schema: "MessagesRequest",
      example: { model: "phi-3-mini", max_tokens: 64, messages: [{ role: "user", content: "List three fruits" }] },
    },
    response: {
      schema: "Message",
      description: "The message.",
      example: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "phi-3-mini",
        content: [{ type: "text", text: "Apple, banana, cherry." }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 5, output_tokens: 7 },
      },
    },
    stream: { schema: "MessageEvent", end: "the last of which is `message_stop` or `error`" },
    errorShape: "anthropic",
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/messages/count_tokens",
    method: "post",
    operationId: "countMessageTokens",
    summary: "Estimate a message's tokens",
    description: "An estimate from the length of the request, as the limits use it.",
    pathParameters: [],
    request: {
      schema: "CountTokensRequest",
      example: { model: "phi-3-mini", messages: [{ role: "user", content: "List three fruits" }] },
    },
    response: { schema: "MessageTokens", description: "The estimate.", example: { input_tokens: 24 } },
    errorShape: "anthropic",
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  ...BATCH_OPERATIONS,
  {
    path: "/v1/embeddings",
    method: "post",
    operationId: "createEmbedding",
    summary: "Turn texts into vectors",
    description: "One vector of length 1 for each input, in their order. Near texts have near vectors.",
    pathParameters: [],
    request: { schema: "EmbeddingRequest", example: { model: "phi-3-mini", input: ["A cat sat.", "Shares fell."] } },
    response: {
      schema: "EmbeddingResponse",
      description: "The vectors.",
      example: {
        object: "list",
        data: [{ object: "embedding", index: 0, embedding: [0.6, -0.8] }],
        model: "phi-3-mini",
        usage: { prompt_tokens: 4, total_tokens: 4 },
      },
    },
    isLong: true,
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/tokenize",
    method: "post",
    operationId: "tokenize",
    summary: "Count the tokens of a prompt",
    description:
      "The tokens of a text or of a conversation, as the model will read it. Computes nothing else. vLLM's own route, for models of our own pools.",
    pathParameters: [],
    request: { schema: "TokenizeRequest", example: { model: "phi-3-mini", prompt: "Hello" } },
    response: {
      schema: "TokenizeResponse",
      description: "The tokens and how many there may be.",
      example: { count: 1, max_model_len: 4096, tokens: [15043], token_strs: null },
    },
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/detokenize",
    method: "post",
    operationId: "detokenize",
    summary: "Turn tokens into text",
    description: "The text of token ids, special tokens included. vLLM's own route, for models of our own pools.",
    pathParameters: [],
    request: { schema: "DetokenizeRequest", example: { model: "phi-3-mini", tokens: [15043] } },
    response: { schema: "DetokenizeResponse", description: "The text.", example: { prompt: "Hello" } },
    errors: GENERATION_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/models",
    method: "get",
    operationId: "listModels",
    summary: "List the models",
    description: "The models that this deployment serves.",
    pathParameters: [],
    response: {
      schema: "ModelList",
      description: "The models.",
      example: { object: "list", data: [EXAMPLE_MODEL] },
    },
    errors: READING_ERRORS,
    isPublic: false,
  },
  {
    path: "/v1/models/{model}",
    method: "get",
    operationId: "getModel",
    summary: "Describe one model",
    description: "One of the models that `GET /v1/models` lists.",
    pathParameters: ["model"],
    response: { schema: "Model", description: "The model.", example: EXAMPLE_MODEL },
    errors: ["model_not_found", ...READING_ERRORS],
    isPublic: false,
  },
  {
    path: "/health",
    method: "get",
    operationId: "getHealth",
    summary: "Tell whether a model can answer",
    description: "Needs no key. Shows each model's readiness.",
    pathParameters: [],
    response: {
      schema: "Health",
      description: "At least one model can answer.",
      example: {
        status: "ready",
        environment: "dev",
        version: "0.1.0",
        models: [{ id: "phi-3-mini", ready: true, engines: { known: 1, ready: 1 } }],
      },
    },
    otherStatuses: [{ status: 503, description: "No model can answer now; `Retry-After` says when to ask again." }],
    errors: ["method_not_allowed", "rate_limit_exceeded", "internal_error", "timeout"],
    isPublic: true,
  },
  {
    path: "/openapi.json",
    method: "get",
    operationId: "getOpenApi",
    summary: "This description as OpenAPI 3.0",
    description: "Needs no key. For generators of clients; `etag` and `if-none-match` work.",
    pathParameters: [],
    response: { schema: "OpenApi", description: "The document." },
    errors: PAGE_ERRORS,
    isPublic: true,
  },
  {
    path: "/reference",
    method: "get",
    operationId: "getReference",
    summary: "This description as a page",
    description: "Needs no key. The same document for people, without scripts.",
    pathParameters: [],
    response: { schema: "OpenApi", description: "The page.", mediaType: "text/html" },
    errors: PAGE_ERRORS,
    isPublic: true,
  },
];
