import { type ErrorCode, errorBody, errorEntry } from "../api/errors.ts";
import { REQUEST_ID_HEADER } from "../api/headers.ts";
import { messagesErrorBody } from "../api/messages.ts";
import type { Operation } from "./operation.ts";
import { schemaRef } from "./schemas.ts";

type JsonObject = Readonly<Record<string, unknown>>;
type Failing = Pick<Operation, "errorShape" | "errors">;

/** The body of an error of this operation. */
export function exampleError({ errorShape }: Pick<Operation, "errorShape">, code: ErrorCode): unknown {
  return errorShape === "anthropic" ? messagesErrorBody(errorBody(code), "req_1") : errorBody(code);
}

/** The error responses of an operation, by status, each code with an example. */
export function errorResponses(operation: Failing): JsonObject {
  const byStatus = Map.groupBy(operation.errors, (code) => errorEntry(code).status);
  return Object.fromEntries(
    Array.from(byStatus, ([status, sameStatus]) => [
      status,
      {
        description: sameStatus.map((code) => `\`${code}\`: ${errorEntry(code).message}`).join("\n\n"),
        headers: responseHeaders(sameStatus.some((code) => errorEntry(code).retryAfterSeconds !== undefined)),
        content: {
          "application/json": {
            schema: schemaRef(operation.errorShape === "anthropic" ? "MessagesError" : "Error"),
            examples: Object.fromEntries(sameStatus.map((code) => [code, { value: exampleError(operation, code) }])),
          },
        },
      },
    ]),
  );
}

/** Headers of every response; `Retry-After` where it may have one. */
export function responseHeaders(retryAfter: boolean): JsonObject {
  return {
    [REQUEST_ID_HEADER]: { $ref: "#/components/headers/RequestId" },
    ...(retryAfter ? { "retry-after": { $ref: "#/components/headers/RetryAfter" } } : {}),
  };
}
