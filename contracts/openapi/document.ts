import { DEPRECATIONS } from "../api/deprecations.ts";
import type { AuthMode } from "../processes/auth.ts";
import { controlPathItems, controlSchemas } from "./control-document.ts";
import { errorResponses, responseHeaders } from "./error-responses.ts";
import type { Operation, Parameter } from "./operation.ts";
import { isForOperators, scopeOf } from "./operation-access.ts";
import { OPERATIONS } from "./operations.ts";
import { componentSchemas, schemaRef } from "./schemas.ts";

type JsonObject = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: "3.0.3";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, JsonObject>>;
  readonly components: JsonObject;
}

export interface DocumentOptions {
  /** Whether operations require a key. */
  readonly auth: AuthMode;
  /** @default - the document has no server */
  readonly serverUrl?: string;
  /** Whether the deployment has the control API. @default false */
  readonly controlApi?: boolean | undefined;
}

export const API_INFO = {
  title: "Sluice",
  version: "1.0.0",
  description: "Language models in OpenAI's dialect. The official OpenAI SDKs work with `<address>/v1` as base URL.",
} as const;

/** The published API reference: all information for callers, none about the deployment. */
export function openApiDocument({ auth, serverUrl, controlApi = false }: DocumentOptions): OpenApiDocument {
  return {
    openapi: "3.0.3",
    info: API_INFO,
    ...(serverUrl === undefined ? {} : { servers: [{ url: serverUrl }] }),
    paths: {
      ...groupByPath((operation) => describeOperation(operation, auth)),
      ...(controlApi ? controlPathItems() : {}),
    },
    components: {
      schemas: { ...componentSchemas(), ...(controlApi ? controlSchemas() : {}) },
      headers: {
        RequestId: { description: "Identifies this request in the logs.", schema: { type: "string" } },
        RetryAfter: { description: "Seconds to wait before the next attempt.", schema: { type: "integer" } },
      },
      ...(auth === "off" && !controlApi
        ? {}
        : {
            securitySchemes: {
              ...(auth === "off" ? {} : { apiKey: bearer("A key made by `sluice keys create`.") }),
              ...(controlApi ? { adminKey: bearer("An admin key: `sluice admin-keys create` makes the first.") } : {}),
            },
          }),
    },
  };
}

function bearer(description: string): JsonObject {
  return { type: "http", scheme: "bearer", description };
}

/** Operations as OpenAPI's `paths`, each described by a function. */
export function groupByPath(
  describe: (operation: Operation) => JsonObject,
  extra: (path: string, operations: readonly Operation[]) => JsonObject = () => ({}),
): Record<string, JsonObject> {
  const byPath = Map.groupBy(OPERATIONS, (operation) => operation.path);
  return Object.fromEntries(
    Array.from(byPath, ([path, operations]) => [
      path,
      {
        ...Object.fromEntries(operations.map((operation) => [operation.method, describe(operation)])),
        ...extra(path, operations),
      },
    ]),
  );
}

/** Declaration of the path parameters; the same for callers and for API Gateway. */
export function pathParameters(operation: Operation): readonly JsonObject[] {
  return operation.pathParameters.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
}

function optionalParameters({ queryParameters = [], headerParameters = [] }: Operation): readonly JsonObject[] {
  const described = (location: "query" | "header", parameters: readonly Parameter[]) =>
    parameters.map(({ name, description, values }) => ({
      name,
      in: location,
      required: false,
      description,
      schema: { type: "string", ...(values === undefined ? {} : { enum: values }) },
    }));
  return [...described("query", queryParameters), ...described("header", headerParameters)];
}

function describeOperation(operation: Operation, auth: AuthMode): JsonObject {
  const { operationId, summary, description, request, response, stream } = operation;
  const parameters = [...pathParameters(operation), ...optionalParameters(operation)];
  return {
    operationId,
    summary,
    description,
    ...(isDeprecated(operation) ? { deprecated: true } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    security: security(auth, operation),
    ...scope(auth, operation),
    ...(request
      ? {
          requestBody: {
            required: true,
            content: {
              [request.mediaType ?? "application/json"]: {
                schema: schemaRef(request.schema),
                ...(request.example === undefined ? {} : { example: request.example }),
              },
            },
          },
        }
      : {}),
    responses: {
      200: {
        description: response.description,
        headers: responseHeaders(false),
        content: {
          ...(response.mediaType === undefined
            ? {
                "application/json": {
                  schema: schemaRef(response.schema),
                  ...(response.example === undefined ? {} : { example: response.example }),
                },
              }
            : { [response.mediaType]: { schema: { type: "string" } } }),
          ...(stream
            ? {
                "text/event-stream": {
                  schema: { type: "string", description: `Events with a ${stream.schema} as data, ${stream.end}.` },
                },
              }
            : {}),
        },
      },
      ...otherResponses(operation),
      ...errorResponses(operation),
    },
  };
}

function isDeprecated({ path }: Operation): boolean {
  return DEPRECATIONS.some((entry) => entry.path === path && entry.field === undefined);
}

function security(auth: AuthMode, { access }: Operation): readonly JsonObject[] {
  if (auth === "off" || scopeOf(access) === undefined) return [];
  return auth === "optional" && !isForOperators(access) ? [{ apiKey: [] }, {}] : [{ apiKey: [] }];
}

/** The scope that a key needs, for readers of the document; `security` has no field for scopes of such keys. */
function scope(auth: AuthMode, { access }: Operation): JsonObject {
  const needed = auth === "off" ? undefined : scopeOf(access);
  return needed === undefined ? {} : { "x-scope": needed };
}

function otherResponses({ otherStatuses = [], response }: Operation): JsonObject {
  return Object.fromEntries(
    otherStatuses.map(({ status, description }) => [
      status,
      {
        description,
        headers: responseHeaders(true),
        content: { "application/json": { schema: schemaRef(response.schema) } },
      },
    ]),
  );
}
