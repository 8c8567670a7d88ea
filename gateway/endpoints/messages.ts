import { CountTokensRequest, MessagesRequest } from "../../contracts/api/messages.ts";
import { jsonResponse } from "../core/response.ts";
import { COUNT_TOKENS_CLIENT, MESSAGES_CLIENT } from "../dialects/clients/client-dialect.ts";
import { generate, planRequest } from "../pipeline/generate.ts";
import { CHAT } from "./chat-completions.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

export const createMessage: EndpointDefinition = {
  access: "key",
  body: MessagesRequest,
  client: MESSAGES_CLIENT,
  generation: CHAT,
  handle: (request, { generation }) => generate(request, CHAT, generation),
};

/** An estimate, as the limits use it: the model's tokenizer is with its engines. */
export const countMessageTokens: EndpointDefinition = {
  access: "key",
  body: CountTokensRequest,
  client: COUNT_TOKENS_CLIENT,
  generation: CHAT,
  async handle(request, { generation }) {
    const planned = await planRequest(request, CHAT, generation);
    return jsonResponse(200, request.headers.all, { input_tokens: planned.generation.promptTokensEstimate });
  },
};
