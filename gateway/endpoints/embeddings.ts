import { EmbeddingRequest } from "../../contracts/api/embeddings.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import type { GenerationRules } from "../pipeline/endpoint.ts";
import { generate } from "../pipeline/generate.ts";
import { capabilityRefusal } from "./capability-refusal.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const EMBEDDINGS: GenerationRules = {
  route: "/v1/embeddings",
  body: EmbeddingRequest,
  promptList: "input",
  clientProblems: undefined,
  need: {
    capability: "embeddings",
    refusal: (model) => capabilityRefusal(model, "do embeddings", "Use another model."),
  },
  streams: false,
  isCacheable: true,
  isWhole: WHOLE_FORMS["/v1/embeddings"],
};

export const createEmbedding: EndpointDefinition = {
  body: EmbeddingRequest,
  client: undefined,
  generation: EMBEDDINGS,
  handle: (request, { generation }) => generate(request, EMBEDDINGS, generation),
};
