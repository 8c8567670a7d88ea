import { MessagesRequest } from "../../contracts/api/messages.ts";
import { MESSAGES_CLIENT } from "../dialects/clients/client-dialect.ts";
import { generate } from "../pipeline/generate.ts";
import { CHAT } from "./chat-completions.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

export const createMessage: EndpointDefinition = {
  body: MessagesRequest,
  client: MESSAGES_CLIENT,
  generation: CHAT,
  handle: (request, { generation }) => generate(request, CHAT, generation),
};
