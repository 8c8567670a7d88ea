import type { ErrorCode } from "../api/errors.ts";
import { LIVENESS_PATH } from "../processes/process-environment.ts";
import { ADMIN_OPERATIONS } from "./admin-operations.ts";
import { BATCH_OPERATIONS } from "./batch-operations.ts";
import { DIALECT_OPERATIONS } from "./dialect-operations.ts";
import { GENERATION_HEADERS } from "./generation-headers.ts";
import { GENERATION_ERRORS, type Operation, operationList, READING_ERRORS } from "./operation.ts";
import type { PublishedOperationId } from "./operation-access.ts";
import { PRICE_OPERATIONS } from "./price-operations.ts";

const DONE = "then `data: [DONE]`";

const EXAMPLE_USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
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

/** Every operation of the API, in the order of the reference. */
export const OPERATIONS = operationList([
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
    headerParameters: GENERATION_HEADERS,
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
    headerParameters: GENERATION_HEADERS,
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
  },
  ...DIALECT_OPERATIONS,
  ...BATCH_OPERATIONS,
  {
    path: "/v1/embeddings",
    method: "post",
    operationId: "createEmbedding",
    summary: "Turn texts into vectors",
    description: "One vector of length 1 for each input, in their order. Near texts have near vectors.",
    pathParameters: [],
    request: { schema: "EmbeddingRequest", example: { model: "phi-3-mini", input: ["A cat sat.", "Shares fell."] } },
    headerParameters: GENERATION_HEADERS,
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
  },
  {
    path: "/v1/moderations",
    method: "post",
    operationId: "createModeration",
    summary: "Classify content",
    description:
      "Says of texts and images whether they are of a harmful kind. For models of providers that have the capability `moderations`.",
    pathParameters: [],
    request: { schema: "ModerationRequest", example: { model: "omni-moderation", input: "A cat sat." } },
    headerParameters: GENERATION_HEADERS,
    response: {
      schema: "ModerationResponse",
      description: "One result for each text, or one for all parts.",
      example: {
        id: "modr-1",
        model: "omni-moderation-latest",
        results: [
          {
            flagged: false,
            categories: { harassment: false, violence: false },
            category_scores: { harassment: 0.0001, violence: 0.0002 },
          },
        ],
      },
    },
    errors: GENERATION_ERRORS,
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
    headerParameters: GENERATION_HEADERS,
    response: {
      schema: "TokenizeResponse",
      description: "The tokens and how many there may be.",
      example: { count: 1, max_model_len: 4096, tokens: [15043], token_strs: null },
    },
    errors: GENERATION_ERRORS,
  },
  {
    path: "/detokenize",
    method: "post",
    operationId: "detokenize",
    summary: "Turn tokens into text",
    description: "The text of token ids, special tokens included. vLLM's own route, for models of our own pools.",
    pathParameters: [],
    request: { schema: "DetokenizeRequest", example: { model: "phi-3-mini", tokens: [15043] } },
    headerParameters: GENERATION_HEADERS,
    response: { schema: "DetokenizeResponse", description: "The text.", example: { prompt: "Hello" } },
    errors: GENERATION_ERRORS,
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
  },
  ...ADMIN_OPERATIONS,
  ...PRICE_OPERATIONS,
]);

/** The fields of an operation that the gateway's routing needs. */
export type RoutedOperation<Id extends string = string> = Pick<
  Operation<Id>,
  "path" | "method" | "operationId" | "isLong" | "access"
>;

/** Operations for the load balancer; clients can't reach them, and the reference does not have them. */
const INTERNAL_OPERATIONS = [
  { path: LIVENESS_PATH, method: "get", operationId: "getLiveness", access: "public" },
] as const satisfies readonly RoutedOperation[];

/** Ids of all operations: the gateway has an endpoint for each. */
export type OperationId = PublishedOperationId | (typeof INTERNAL_OPERATIONS)[number]["operationId"];

/** All operations, published or not. */
export const ROUTED_OPERATIONS: readonly RoutedOperation<OperationId>[] = [...OPERATIONS, ...INTERNAL_OPERATIONS];
