import * as z from "zod";
import * as accessDecisions from "../access/access-decision.ts";
import type { ErrorCode } from "../api/errors.ts";
import * as billingCustomers from "../billing/billing-customers.ts";
import * as adminKeys from "../control/admin-keys.ts";
import * as auditEvents from "../control/audit-events.ts";
import * as credits from "../control/credits.ts";
import * as groups from "../control/groups.ts";
import * as limits from "../control/limits.ts";
import * as objects from "../control/objects.ts";
import type { ControlOperation } from "../control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../control/operations/operations.ts";
import * as projectKeys from "../control/project-keys.ts";
import * as roles from "../control/roles.ts";
import type { ControlScope } from "../control/scopes.ts";
import * as usage from "../control/usage.ts";
import * as erasure from "../erasure/erasure.ts";
import * as legalHolds from "../erasure/legal-hold.ts";
import * as chats from "../history/chats.ts";
import * as dataRetention from "../history/retention-bodies.ts";
import * as serviceAlarms from "../live/service-alarms.ts";
import * as spendAlerts from "../notices/spend-alerts.ts";
import * as webhooks from "../notices/webhooks.ts";
import { errorResponses, responseHeaders } from "./error-responses.ts";
import { CREDENTIALS } from "./operation.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const NAMED: ReadonlyMap<unknown, string> = new Map(
  [
    accessDecisions,
    adminKeys,
    auditEvents,
    billingCustomers,
    chats,
    credits,
    dataRetention,
    erasure,
    legalHolds,
    groups,
    limits,
    objects,
    projectKeys,
    roles,
    serviceAlarms,
    spendAlerts,
    webhooks,
    usage,
  ].flatMap((module) => Object.entries(module).map(([name, schema]) => [schema, name] as const)),
);

const ALL: readonly (readonly [string, ControlOperation])[] = Object.entries(CONTROL_OPERATIONS);

/** The control API's operations as OpenAPI's `paths`, as callers see them. */
export function controlPathItems(): Readonly<Record<string, JsonObject>> {
  const byPath = Map.groupBy(ALL, ([, { path }]) => path);
  return Object.fromEntries(
    Array.from(byPath, ([path, operations]) => [
      path,
      Object.fromEntries(
        operations.map(([id, operation]) => [operation.method.toLowerCase(), describe(id, operation)]),
      ),
    ]),
  );
}

/** The component schemas of the control API's bodies and responses. Responses may get further fields. */
export function controlSchemas(): Readonly<Record<string, unknown>> {
  const bodies = ALL.flatMap(([id, { body }]) => (hasBody(body) ? [[bodyName(id, body), body] as const] : []));
  const responses = ALL.map(([id, { response }]) => [responseName(id, response), response] as const);
  return { ...schemasOf(bodies, false), ...schemasOf(responses, true) };
}

function schemasOf(
  named: readonly (readonly [string, z.ZodType])[],
  isOpen: boolean,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(named.map(([name, schema]) => [name, jsonSchema(schema, isOpen)]));
}

/** In OpenAPI 3.0's dialect. @param isOpen whether objects may have further fields */
function jsonSchema(schema: z.ZodType, isOpen: boolean): JsonObject {
  const { $schema: _, ...own } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    reused: "inline",
    override: ({ zodSchema, jsonSchema: written }) => {
      // zod leaves it out where a text of the query becomes a number.
      const { def } = zodSchema._zod;
      if (def.type === "default" && written.type === "integer")
        written.default = (def as z.core.$ZodDefaultDef).defaultValue;
      if (isOpen) delete written.additionalProperties;
    },
  });
  return own;
}

function describe(id: string, { method, path, scope, query, body, response }: ControlOperation): JsonObject {
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const headers = [...(method === "POST" ? [IDEMPOTENCY_KEY] : []), ...(method === "GET" ? [] : [IF_MATCH])];
  const parameters = [...inPath, ...queryParameters(query), ...headers];
  const reference = (name: string) => ({
    "application/json": { schema: { $ref: `#/components/schemas/${name}` } },
  });
  return {
    operationId: id,
    summary: summaryOf(id),
    description: `Control API, in the shape of OpenAI's administration API. Needs an admin key whose owner's roles permit \`${scope}\`.`,
    ...(parameters.length > 0 ? { parameters } : {}),
    security: [{ adminKey: [] }],
    "x-scope": scope,
    ...(hasBody(body) ? { requestBody: { required: true, content: reference(bodyName(id, body)) } } : {}),
    responses: {
      200: {
        description: "The result.",
        headers: responseHeaders(false),
        content: reference(responseName(id, response)),
      },
      ...errorResponses({ errors: errorsOf(method, inPath.length > 0, scope) }),
    },
  };
}

const text = (name: string, description: string) => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
});
const IF_MATCH = text("If-Match", "An `etag` of the object: change that version only.");
const IDEMPOTENCY_KEY = text(
  "Idempotency-Key",
  "16 to 255 characters: the same request within a day changes nothing more.",
);

/** A name that ends with `[]` may come several times. */
function queryParameters(query: z.ZodType): readonly JsonObject[] {
  const { properties = {}, required = [] } = jsonSchema(query, false);
  return Object.entries(properties as JsonObject).map(([name, schema]) => ({
    name,
    in: "query",
    required: (required as readonly string[]).includes(name),
    ...(name.endsWith("[]") ? { style: "form", explode: true } : {}),
    schema,
  }));
}

/** What a legal hold may stop. */
const HELD: ReadonlySet<ControlScope> = new Set(["erasures.write", "history.write", "legal_holds.write"]);

function errorsOf(
  method: ControlOperation["method"],
  hasPathParameter: boolean,
  scope: ControlScope,
): readonly ErrorCode[] {
  return [
    ...(method === "POST" ? (["invalid_json"] as const) : []),
    "invalid_request",
    ...CREDENTIALS,
    "permission_denied",
    ...(hasPathParameter ? (["not_found"] as const) : []),
    ...(HELD.has(scope) ? (["legal_hold"] as const) : []),
    ...(method === "GET" ? [] : (["version_conflict"] as const)),
    "rate_limit_exceeded",
    "internal_error",
  ];
}

/** `listProjectApiKeys` is "List project API keys". */
function summaryOf(id: string): string {
  const words = id.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("api key", "API key");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function hasBody(body: z.ZodType): boolean {
  return !(body instanceof z.ZodUndefined);
}

function bodyName(id: string, body: z.ZodType): string {
  return NAMED.get(body) ?? `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
}

function responseName(id: string, response: z.ZodType): string {
  return NAMED.get(response) ?? `${id.charAt(0).toUpperCase()}${id.slice(1)}Response`;
}
