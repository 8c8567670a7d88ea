import { BatchCreateRequest } from "../../contracts/api/batches.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";
import { batchesOf } from "./files.ts";

const BATCHES = { body: undefined, client: undefined, generation: undefined } as const;

export const createBatch: EndpointDefinition = {
  ...BATCHES,
  body: BatchCreateRequest,
  handle: (request, tools) => batchesOf(tools).batches(request, (pages, owned) => pages.create(owned)),
};

export const listBatches: EndpointDefinition = {
  ...BATCHES,
  handle: (request, tools) => batchesOf(tools).batches(request, (pages, owned) => pages.list(owned)),
};

export const getBatch: EndpointDefinition = {
  ...BATCHES,
  handle: (request, tools) => batchesOf(tools).batches(request, (pages, owned, id) => pages.describe(owned, id)),
};

export const cancelBatch: EndpointDefinition = {
  ...BATCHES,
  handle: (request, tools) => batchesOf(tools).batches(request, (pages, owned, id) => pages.cancel(owned, id)),
};
