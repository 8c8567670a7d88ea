import { DetokenizeRequest, TokenizeRequest } from "../../contracts/api/tokenize.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import type { EndpointNeed, GenerationRules } from "../pipeline/endpoint.ts";
import { generate } from "../pipeline/generate.ts";
import { capabilityRefusal } from "./capability-refusal.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

/** Providers do not show their tokenizers. */
const TOKENIZER: EndpointNeed = {
  capability: "tokenizer",
  refusal: (model) =>
    capabilityRefusal(
      model,
      "tokenize: the tokenizer of a provider's model is not reachable",
      "Use a model of our own pools, or estimate with POST /v1/messages/count_tokens.",
    ),
};

export const TOKENIZE: GenerationRules = {
  route: "/tokenize",
  body: TokenizeRequest,
  promptList: undefined,
  clientProblems: undefined,
  need: TOKENIZER,
  streams: false,
  isCacheable: true,
  isWhole: WHOLE_FORMS["/tokenize"],
};

const DETOKENIZE: GenerationRules = {
  route: "/detokenize",
  body: DetokenizeRequest,
  promptList: "tokens",
  clientProblems: undefined,
  need: TOKENIZER,
  streams: false,
  isCacheable: true,
  isWhole: WHOLE_FORMS["/detokenize"],
};

export const tokenize: EndpointDefinition = {
  body: TokenizeRequest,
  client: undefined,
  generation: TOKENIZE,
  handle: (request, { generation }) => generate(request, TOKENIZE, generation),
};

export const detokenize: EndpointDefinition = {
  body: DetokenizeRequest,
  client: undefined,
  generation: DETOKENIZE,
  handle: (request, { generation }) => generate(request, DETOKENIZE, generation),
};
