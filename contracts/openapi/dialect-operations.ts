import { GENERATION_HEADERS } from "./generation-headers.ts";
import { GENERATION_ERRORS, operationList, READING } from "./operation.ts";

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

/** OpenAI's Responses and Anthropic's Messages. */
export const DIALECT_OPERATIONS = operationList([
  {
    path: "/v1/responses",
    method: "post",
    operationId: "createResponse",
    summary: "Create a response",
    description:
      "OpenAI's Responses. A response is stored unless `store` is false, where this deployment stores any; " +
      "then `previous_response_id` goes on from it.",
    pathParameters: [],
    request: { schema: "ResponseRequest", example: { model: "phi-3-mini", input: "List three fruits" } },
    headerParameters: GENERATION_HEADERS,
    response: { schema: "Response", description: "The response.", example: EXAMPLE_RESPONSE },
    stream: { schema: "ResponseEvent", end: "the last of which is `response.completed`, `.incomplete` or `.failed`" },
    errors: GENERATION_ERRORS,
  },
  {
    path: "/v1/responses/{response}",
    method: "get",
    operationId: "getResponse",
    summary: "Get a stored response",
    description: "A response that was stored for the same key, until its time is over.",
    pathParameters: ["response"],
    response: { schema: "Response", description: "The response.", example: EXAMPLE_RESPONSE },
    errors: READING,
  },
  {
    path: "/v1/responses/{response}",
    method: "delete",
    operationId: "deleteResponse",
    summary: "Delete a stored response",
    description:
      "Responses that went on from it stay as they are. While a legal hold is on the project or the owner of the key, none is deleted.",
    pathParameters: ["response"],
    response: {
      schema: "DeletedResponse",
      description: "It is gone.",
      example: { id: "resp_1", object: "response", deleted: true },
    },
    errors: ["legal_hold", ...READING],
  },
  {
    path: "/v1/responses/{response}/input_items",
    method: "get",
    operationId: "listResponseItems",
    summary: "List the input items of a stored response",
    description: "Its input and all that came before it, the newest first.",
    pathParameters: ["response"],
    queryParameters: [
      { name: "limit", description: "Items of a page, 1 to 100; 20 where it is left out." },
      { name: "order", description: "`asc` for the oldest first." },
      { name: "after", description: "Id of the last item of the page before." },
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
    errors: ["invalid_request", ...READING],
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
    headerParameters: GENERATION_HEADERS,
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
  },
  {
    path: "/v1/messages/count_tokens",
    method: "post",
    operationId: "countMessageTokens",
    summary: "Count a message's tokens",
    description: "Counted by an engine of the model, or estimated where none can be asked.",
    pathParameters: [],
    request: {
      schema: "CountTokensRequest",
      example: { model: "phi-3-mini", messages: [{ role: "user", content: "List three fruits" }] },
    },
    response: { schema: "MessageTokens", description: "The count, or an estimate.", example: { input_tokens: 24 } },
    errorShape: "anthropic",
    errors: GENERATION_ERRORS,
  },
]);
