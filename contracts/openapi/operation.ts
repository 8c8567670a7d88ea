import type { ErrorCode } from "../api/errors.ts";
import { type Access, OPERATION_ACCESS, type PublishedOperationId } from "./operation-access.ts";
import type { SchemaName } from "./schemas.ts";

/** A parameter in the query or a header. */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  /** Its allowed values. @default - any text */
  readonly values?: readonly string[];
}

/**
 * One method on one path of the API, the source of the published reference, the edge and the gateway's routing. `Id` is
 * the operation's id as a literal type.
 */
export interface Operation<Id extends string = string> {
  readonly path: string;
  readonly method: "get" | "put" | "post" | "delete";
  readonly operationId: Id;
  readonly summary: string;
  readonly description: string;
  /** Names of the parameters in the path. */
  readonly pathParameters: readonly string[];
  readonly request?: {
    readonly schema: SchemaName;
    readonly example: unknown;
    /** @default "application/json" */
    readonly mediaType?: "multipart/form-data";
  };
  readonly response: {
    readonly schema: SchemaName;
    readonly description: string;
    readonly example?: unknown;
    /** @default "application/json" */
    readonly mediaType?: "text/html" | "application/jsonl";
  };
  /** Whether a response that is not streamed may take longer, or be larger, than API Gateway's buffer allows (10 MB). */
  readonly isLong?: boolean;
  /** Optional headers of the operation. */
  readonly headerParameters?: readonly Parameter[];
  /** Optional query parameters. */
  readonly queryParameters?: readonly Parameter[];
  /** Schema of one event's data where the response can be streamed, and the end of the stream. */
  readonly stream?: { readonly schema: SchemaName; readonly end: string };
  /** Shape of errors. @default "openai" */
  readonly errorShape?: "openai" | "anthropic";
  /** Statuses besides 200 that carry the same body, not the error body. */
  readonly otherStatuses?: readonly { readonly status: number; readonly description: string }[];
  readonly errors: readonly ErrorCode[];
  readonly access: Access;
}

/** An operation with its access. */
export function withAccess<Id extends PublishedOperationId>(described: Omit<Operation<Id>, "access">): Operation<Id> {
  return { ...described, access: OPERATION_ACCESS[described.operationId] };
}

/** A list of operations whose ids are literal types. */
export function operationList<const Id extends PublishedOperationId>(
  list: readonly Omit<Operation<Id>, "access">[],
): readonly Operation<Id>[] {
  return list.map(withAccess);
}

/** Parameters of a path that may have slashes, as names of models do; every other is one segment. */
export const PARAMETERS_WITH_SLASHES: ReadonlySet<string> = new Set(["model"]);

export const CREDENTIALS = ["invalid_api_key", "missing_api_key"] as const satisfies readonly ErrorCode[];

export const GENERATION_ERRORS = [
  "invalid_json",
  "invalid_request",
  "context_length_exceeded",
  "content_filter",
  ...CREDENTIALS,
  "permission_denied",
  "model_not_found",
  "method_not_allowed",
  "request_too_large",
  "unsupported_media_type",
  "rate_limit_exceeded",
  "internal_error",
  "upstream_error",
  "auth_unavailable",
  "model_unavailable",
  "overloaded",
  "shutting_down",
  "timeout",
] as const satisfies readonly ErrorCode[];

export const READING_ERRORS = [
  ...CREDENTIALS,
  "permission_denied",
  "method_not_allowed",
  "rate_limit_exceeded",
  "internal_error",
  "auth_unavailable",
  "model_unavailable",
] as const satisfies readonly ErrorCode[];

/** Errors of operations that read what is stored, and need no model. */
export const READING = [
  ...CREDENTIALS,
  "permission_denied",
  "not_found",
  "method_not_allowed",
  "rate_limit_exceeded",
  "internal_error",
  "auth_unavailable",
] as const satisfies readonly ErrorCode[];
