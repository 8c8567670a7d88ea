import { jsonResponse } from "../core/response.ts";
import { queryOf } from "../http/list-query.ts";
import { anthropicModel, anthropicModelList } from "../pages/anthropic-models.ts";
import { modelById, modelList } from "../pages/model-cards.ts";
import type { Identified } from "../pipeline/request-states.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const MODELS = { body: undefined, client: undefined, generation: undefined } as const;

export const listModels: EndpointDefinition = {
  ...MODELS,
  handle(request, { targets, createdAt, pricing }) {
    const { table } = targets.registry;
    const list = isAnthropicClient(request)
      ? anthropicModelList(table, createdAt, queryOf(request.request.target), request.key)
      : modelList(table, createdAt, request.key, pricing);
    return jsonResponse(200, request.headers.all, list);
  },
};

export const getModel: EndpointDefinition = {
  ...MODELS,
  handle(request, { targets, createdAt, pricing }) {
    const card = modelById(targets.registry.table, request.encodedParameter, createdAt, request.key, pricing);
    const model = isAnthropicClient(request) ? anthropicModel(card.id, createdAt) : card;
    return jsonResponse(200, request.headers.all, model);
  },
};

/** Both APIs have these paths; Anthropic's SDKs always send its version. */
function isAnthropicClient({ request }: Identified): boolean {
  const { "anthropic-version": version, "x-api-key": apiKey, authorization } = request.headers;
  return version !== undefined || (apiKey !== undefined && authorization === undefined);
}
