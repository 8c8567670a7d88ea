import type { KeyScope } from "../processes/auth.ts";

/**
 * The access to an operation. `public`: any client, without any limit. `address-limited`: any client, within the limit
 * per client address. A scope: within that limit, with a key that has the scope where the environment requires keys;
 * with `observe`, `logs` or `admin`, whatever the environment requires.
 */
export type Access = "public" | "address-limited" | KeyScope;

/**
 * What each operation needs, by its id. Apart from the operations, so that programs that decide about access don't have their
 * descriptions and examples. A new operation gets its row here first: without it its description does not compile.
 */
export const OPERATION_ACCESS = {
  createCompletion: "generate",
  createChatCompletion: "generate",
  createResponse: "generate",
  getResponse: "read",
  deleteResponse: "generate",
  listResponseItems: "read",
  createMessage: "generate",
  countMessageTokens: "generate",
  createFile: "generate",
  listFiles: "read",
  getFile: "read",
  deleteFile: "generate",
  getFileContent: "read",
  createBatch: "generate",
  listBatches: "read",
  getBatch: "read",
  cancelBatch: "generate",
  createEmbedding: "generate",
  createModeration: "generate",
  tokenize: "generate",
  detokenize: "generate",
  listModels: "read",
  getModel: "read",
  getHealth: "public",
  getOpenApi: "address-limited",
  getReference: "address-limited",
  getServiceHealth: "observe",
  listLogLines: "logs",
  listTargets: "admin",
  listRequests: "admin",
  stopRequest: "admin",
  listProviders: "admin",
  getProvider: "admin",
  putProvider: "admin",
  deleteProvider: "admin",
  testProvider: "admin",
  listRoutes: "admin",
  getRoute: "admin",
  putRoute: "admin",
  deleteRoute: "admin",
  getOverride: "admin",
  overrideRoute: "admin",
  deleteOverride: "admin",
  listPrices: "admin",
  getPrice: "admin",
  putPrice: "admin",
  deletePrice: "admin",
} as const satisfies Readonly<Record<string, Access>>;

/** Ids of the operations in the reference. */
export type PublishedOperationId = keyof typeof OPERATION_ACCESS;

/** The scope that a key needs for an operation; `undefined` where no key is looked at. */
export function scopeOf(access: Access): KeyScope | undefined {
  return access === "public" || access === "address-limited" ? undefined : access;
}

/** Whether an operation needs a key whatever the environment requires: it is for operators. */
export function isForOperators(access: Access): boolean {
  return access === "admin" || access === "observe" || access === "logs";
}
