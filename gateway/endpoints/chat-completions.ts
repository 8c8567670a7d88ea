import { ChatCompletionRequest, UpstreamChatRequest } from "../../contracts/api/chat.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import { chatProblems } from "../pipeline/body/chat-problems.ts";
import type { GenerationRules } from "../pipeline/endpoint.ts";
import { generate } from "../pipeline/generate.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

/** Chat completions at targets; what Messages and Responses become too. */
export const CHAT: GenerationRules = {
  route: "/v1/chat/completions",
  body: UpstreamChatRequest,
  promptList: undefined,
  clientProblems: chatProblems,
  need: undefined,
  streams: true,
  isCacheable: true,
  isWhole: WHOLE_FORMS["/v1/chat/completions"],
};

export const createChatCompletion: EndpointDefinition = {
  body: ChatCompletionRequest,
  client: undefined,
  generation: CHAT,
  handle: (request, { generation }) => generate(request, CHAT, generation),
};
