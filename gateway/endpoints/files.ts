import type { BatchService } from "../batches/batch-service.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { EndpointDefinition, EndpointTools } from "./endpoint-definition.ts";

const FILES = { body: undefined, client: undefined, generation: undefined } as const;

/** @throws {GatewayError} `not_found` in a deployment without files and batches */
export function batchesOf({ batches }: EndpointTools): BatchService {
  if (batches !== undefined) return batches;
  throw new GatewayError("not_found", { message: "There are no files and batches in this deployment." });
}

export const createFile: EndpointDefinition = {
  ...FILES,
  body: "form",
  handle: (request, tools) => batchesOf(tools).files(request, (pages, owned) => pages.upload(owned)),
};

export const listFiles: EndpointDefinition = {
  ...FILES,
  handle: (request, tools) => batchesOf(tools).files(request, (pages, owned) => pages.list(owned)),
};

export const getFile: EndpointDefinition = {
  ...FILES,
  handle: (request, tools) => batchesOf(tools).files(request, (pages, owned, id) => pages.describe(owned, id)),
};

export const deleteFile: EndpointDefinition = {
  ...FILES,
  handle: (request, tools) => batchesOf(tools).files(request, (pages, owned, id) => pages.remove(owned, id)),
};

export const getFileContent: EndpointDefinition = {
  ...FILES,
  handle: (request, tools) => batchesOf(tools).files(request, (pages, owned, id) => pages.content(owned, id)),
};
