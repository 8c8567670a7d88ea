/** The paths of files and batches; `{id}` stands for one of them. */
export type BatchRoutePath =
  | "/v1/files"
  | "/v1/files/{id}"
  | "/v1/files/{id}/content"
  | "/v1/batches"
  | "/v1/batches/{id}"
  | "/v1/batches/{id}/cancel";

const METHODS: Readonly<Record<BatchRoutePath, readonly string[]>> = {
  "/v1/files": ["GET", "POST"],
  "/v1/files/{id}": ["GET", "DELETE"],
  "/v1/files/{id}/content": ["GET"],
  "/v1/batches": ["GET", "POST"],
  "/v1/batches/{id}": ["GET"],
  "/v1/batches/{id}/cancel": ["POST"],
};

const PATH = /^\/v1\/(files|batches)(?:\/([^/]+)(?:\/(content|cancel))?)?$/;

/** @returns the route of a path, with the id still percent-encoded, or `undefined` */
export function findBatchRoute(path: string) {
  const [, collection, encodedId = "", action] = PATH.exec(path) ?? [];
  if (collection === undefined) return undefined;
  const name = `/v1/${collection}${encodedId === "" ? "" : "/{id}"}${action === undefined ? "" : `/${action}`}`;
  return isBatchRoute(name) ? { path: name, methods: METHODS[name], encodedId } : undefined;
}

export function isBatchRoute(path: string): path is BatchRoutePath {
  return Object.hasOwn(METHODS, path);
}
