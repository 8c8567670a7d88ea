import { ModerationRequest } from "../../contracts/api/moderations.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { WHOLE_FORMS } from "../outside-values/whole-forms.ts";
import type { GenerationRules } from "../pipeline/endpoint.ts";
import { generate } from "../pipeline/generate.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const MODERATIONS: GenerationRules = {
  route: "/v1/moderations",
  body: ModerationRequest,
  promptList: undefined,
  clientProblems: undefined,
  need: {
    capability: "moderations",
    refusal: (model) =>
      new GatewayError("model_not_found", {
        message: `No target of the model ${JSON.stringify(model.slice(0, 80))} has the capability \`moderations\`. Use a model that has it, or ask your operator to declare one at a provider.`,
        param: "model",
      }),
  },
  streams: false,
  isCacheable: false,
  isWhole: WHOLE_FORMS["/v1/moderations"],
};

export const createModeration: EndpointDefinition = {
  body: ModerationRequest,
  client: undefined,
  generation: MODERATIONS,
  handle: (request, { generation }) => generate(request, MODERATIONS, generation),
};
