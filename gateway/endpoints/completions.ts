import { CompletionRequest } from "../../contracts/api/completions.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import type { GenerationRules } from "../pipeline/endpoint.ts";
import { generate } from "../pipeline/generate.ts";
import { capabilityRefusal } from "./capability-refusal.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const COMPLETIONS: GenerationRules = {
  route: "/v1/completions",
  body: CompletionRequest,
  promptList: "prompt",
  clientProblems: undefined,
  need: {
    capability: "completions",
    refusal: (model) =>
      capabilityRefusal(model, "do completions", "Use another model, or send messages to /v1/chat/completions."),
  },
  streams: true,
  isCacheable: true,
  isWhole: WHOLE_FORMS["/v1/completions"],
};

export const createCompletion: EndpointDefinition = {
  body: CompletionRequest,
  client: undefined,
  generation: COMPLETIONS,
  handle: (request, { generation }) => generate(request, COMPLETIONS, generation),
};
