import { type OperationId, ROUTED_OPERATIONS } from "../../contracts/openapi/operations.ts";
import { EndpointTable } from "../pipeline/endpoint-table.ts";
import * as admin from "./admin.ts";
import * as batches from "./batches.ts";
import { createChatCompletion } from "./chat-completions.ts";
import { createCompletion } from "./completions.ts";
import { countMessageTokens } from "./count-message-tokens.ts";
import { createEmbedding } from "./embeddings.ts";
import { type EndpointDefinition, type EndpointTools, withTools } from "./endpoint-definition.ts";
import * as files from "./files.ts";
import { getHealth, getLiveness } from "./health.ts";
import { createMessage } from "./messages.ts";
import { getModel, listModels } from "./models.ts";
import { createModeration } from "./moderations.ts";
import { getOpenApi, getReference } from "./reference.ts";
import { createResponse, deleteResponse, getResponse, listResponseItems } from "./responses.ts";
import { detokenize, tokenize } from "./tokenize.ts";

/** Every operation of the API with its endpoint. */
export const ENDPOINTS = {
  createChatCompletion,
  createCompletion,
  createEmbedding,
  createModeration,
  createMessage,
  countMessageTokens,
  createResponse,
  getResponse,
  deleteResponse,
  listResponseItems,
  tokenize,
  detokenize,
  listModels,
  getModel,
  createFile: files.createFile,
  listFiles: files.listFiles,
  getFile: files.getFile,
  deleteFile: files.deleteFile,
  getFileContent: files.getFileContent,
  createBatch: batches.createBatch,
  listBatches: batches.listBatches,
  getBatch: batches.getBatch,
  cancelBatch: batches.cancelBatch,
  getHealth,
  getLiveness,
  getOpenApi,
  getReference,
  getServiceHealth: admin.getServiceHealth,
  listLogLines: admin.listLogLines,
  listTargets: admin.listTargets,
  listRequests: admin.listRequests,
  stopRequest: admin.stopRequest,
  listProviders: admin.listProviders,
  getProvider: admin.getProvider,
  putProvider: admin.putProvider,
  deleteProvider: admin.deleteProvider,
  testProvider: admin.testProvider,
  listRoutes: admin.listRoutes,
  getRoute: admin.getRoute,
  putRoute: admin.putRoute,
  deleteRoute: admin.deleteRoute,
  getOverride: admin.getOverride,
  overrideRoute: admin.overrideRoute,
  deleteOverride: admin.deleteOverride,
  listPrices: admin.listPrices,
  getPrice: admin.getPrice,
  putPrice: admin.putPrice,
  deletePrice: admin.deletePrice,
} as const satisfies Readonly<Record<OperationId, EndpointDefinition>>;

/** The endpoints of these paths that targets serve, for requests in process, such as those of a batch. */
export function generationPaths<Path extends string>(paths: readonly Path[]): readonly Path[] {
  const generated = ROUTED_OPERATIONS.filter(({ operationId }) => ENDPOINTS[operationId].generation !== undefined);
  return paths.filter((path) => generated.some((operation) => operation.path === path));
}

/** The endpoints by path and method. */
export function createEndpointTable(tools: EndpointTools): EndpointTable {
  return new EndpointTable(ROUTED_OPERATIONS, ({ operationId, access }) =>
    withTools(ENDPOINTS[operationId], access, tools),
  );
}
