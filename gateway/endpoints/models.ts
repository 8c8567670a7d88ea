import { jsonResponse } from "../core/response.ts";
import { modelById, modelList } from "../pages/model-cards.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const MODELS = { access: "key", body: undefined, client: undefined, generation: undefined } as const;

export const listModels: EndpointDefinition = {
  ...MODELS,
  handle: ({ headers }, { targets, createdAt }) =>
    jsonResponse(200, headers.all, modelList(targets.registry.table, createdAt)),
};

export const getModel: EndpointDefinition = {
  ...MODELS,
  handle: ({ headers, encodedParameter }, { targets, createdAt }) =>
    jsonResponse(200, headers.all, modelById(targets.registry.table, encodedParameter, createdAt)),
};
