import { ResponseRequest } from "../../contracts/api/responses.ts";
import { bytesResponse, type GatewayResponse, jsonResponse } from "../core/response.ts";
import { RESPONSES_CLIENT } from "../dialects/clients/client-dialect.ts";
import { pacedJson } from "../outside-values/paced-json.ts";
import { deleteResponse as deleteStored, storedItems, storedResponse } from "../pages/stored-response.ts";
import { generate } from "../pipeline/generate.ts";
import type { Identified } from "../pipeline/request-states.ts";
import { CHAT } from "./chat-completions.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

export const createResponse: EndpointDefinition = {
  body: ResponseRequest,
  client: RESPONSES_CLIENT,
  generation: CHAT,
  handle: (request, { generation }) => generate(request, CHAT, generation),
};

const STORED = { body: undefined, client: undefined, generation: undefined } as const;

export const getResponse: EndpointDefinition = {
  ...STORED,
  async handle(request, { responses }) {
    const stored = await storedResponse(request, responses);
    return pacedResponse(request, stored);
  },
};

export const listResponseItems: EndpointDefinition = {
  ...STORED,
  async handle(request, { responses }) {
    const items = await storedItems(request, responses);
    return pacedResponse(request, items);
  },
};

export const deleteResponse: EndpointDefinition = {
  ...STORED,
  async handle(request, { responses }) {
    const deleted = await deleteStored(request, responses);
    return jsonResponse(200, request.headers.all, deleted);
  },
};

/** Of what may have megabytes. */
async function pacedResponse({ headers }: Identified, value: unknown): Promise<GatewayResponse> {
  return bytesResponse(200, { ...headers.all, "content-type": "application/json" }, await pacedJson(value));
}
