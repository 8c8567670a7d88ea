import * as z from "zod";
import { ERRORS, errorBody } from "../../contracts/api/errors.ts";
import {
  CONTROL_OPERATIONS,
  type ControlOperation,
  type ControlOperationId,
} from "../../contracts/control/operations.ts";
import { decide } from "../../domain/tenancy/decide.ts";
import { newId } from "../../domain/tenancy/ids.ts";
import { ORGANIZATION_ROLES, PROJECT_ROLES } from "../../domain/tenancy/roles.ts";
import type { Identity } from "./authenticate.ts";
import type { Caller, ControlCall } from "./call/control-call.ts";
import { ControlError, LostRaceError, notFound } from "./call/control-error.ts";
import type { ControlResult } from "./call/control-result.ts";
import { findRepeated } from "./call/repeated-request.ts";
import { CONTROL_HANDLERS } from "./control-handlers.ts";
import { resolvePath } from "./resolve-path.ts";
import type { ControlStore } from "./store/control-store.ts";

/** A request of the control API, after its key was checked. */
export interface ControlRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** A name that ends with `[]` may come several times. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly ifMatch?: string | undefined;
  /** Of a POST. @default - a repeated request is a new one */
  readonly idempotencyKey?: string | undefined;
  /** JSON. @default "" */
  readonly body?: string | undefined;
  readonly caller: Identity;
}

export interface ControlResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ControlTools {
  readonly store: ControlStore;
  /** Usage plan of new keys for models. */
  readonly keyPlan: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes one line for each refusal. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** How often a change is tried while other changes come between. */
const MAX_ATTEMPTS = 4;

/** Responds to a request of the control API. @throws what is no error of the caller's, such as of the table */
export async function administer(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  try {
    const match = findOperation(request.method, request.path);
    for (let attempt = 1; ; attempt++) {
      try {
        const { body, version } = await perform(match.id, match.parameters, request, tools);
        return { status: 200, headers: version === undefined ? {} : { etag: `"${version}"` }, body };
      } catch (error) {
        if (!(error instanceof LostRaceError)) throw error;
        if (attempt === MAX_ATTEMPTS) throw new ControlError("version_conflict", ERRORS.version_conflict.message);
      }
    }
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

async function perform<Id extends ControlOperationId>(
  id: Id,
  parameters: Readonly<Record<string, string>>,
  request: ControlRequest,
  tools: ControlTools,
): Promise<ControlResult<unknown>> {
  const { store, keyPlan } = tools;
  const nowMs = tools.now();
  const operation: ControlOperation = CONTROL_OPERATIONS[id];
  const { organizationId, keyId, userId } = request.caller;
  const user = await store.get(organizationId, { kind: "user", ids: [userId] });
  if (!user) throw new ControlError("invalid_api_key", ERRORS.invalid_api_key.message);
  const projectId = parameters.project_id;
  const own =
    projectId === undefined
      ? undefined
      : await store.get(organizationId, { kind: "membership", ids: [projectId, userId] });
  const { records, membership, missing } = await resolvePath(store, organizationId, parameters);
  const decision = decide(
    {
      userId,
      organizationId,
      organizationRoles: [ORGANIZATION_ROLES[user.role]],
      projectRoles: new Map(own ? [[own.projectId, [PROJECT_ROLES[own.role]]]] : []),
    },
    operation.scope,
    { organizationId, ...(projectId === undefined ? {} : { projectId }) },
  );
  const decisionId = decision.outcome === "allowed" ? undefined : refusalId(tools, request, id, decision.rule);
  if (decision.outcome === "hidden") throw notFound("project", projectId ?? "");
  if (missing) throw missing;
  if (decision.outcome === "denied") throw denied(decision.rule, decisionId);
  const repeated = await repetition(request, tools.store, nowMs);
  if ("response" in repeated) return repeated.response;
  const version = membership?.version ?? Object.values(records).at(-1)?.version;
  if (request.ifMatch !== undefined && request.ifMatch !== "*" && request.ifMatch !== `"${version}"`)
    throw new ControlError("version_conflict", ERRORS.version_conflict.message);
  const caller: Caller = { organizationId, keyId, user, membership: own };
  const query = parsed(operation.query, queryObject(request.query));
  const body = parsed(operation.body, jsonOf(request.body));
  const { repeatable } = repeated;
  // The schemas of this operation have parsed both, and the path has matched its parameters.
  const call = { caller, records, membership, query, body, store, repeatable, keyPlan, nowMs };
  return CONTROL_HANDLERS[id](call as unknown as ControlCall<Id>);
}

/** Logs a refusal with the rule that decided. @returns its id */
function refusalId({ log, now }: ControlTools, { caller }: ControlRequest, operation: string, rule: string): string {
  const decisionId = newId("decision", now());
  const { organizationId, keyId, userId } = caller;
  log({ msg: "refused", decision_id: decisionId, rule, operation, organizationId, keyId, userId });
  return decisionId;
}

function denied(rule: string, decisionId: string | undefined): ControlError {
  return new ControlError(
    "permission_denied",
    `Your roles do not permit this (rule ${rule}); request a role that does from an owner of the organisation.`,
    { decisionId },
  );
}

async function repetition(
  { method, path, body = "", idempotencyKey, caller }: ControlRequest,
  store: ControlStore,
  nowMs: number,
) {
  if (method !== "POST" || idempotencyKey === undefined) return { repeatable: undefined };
  return findRepeated(store, caller, idempotencyKey, [method, path, body], nowMs);
}

const SEGMENTS = Object.entries(CONTROL_OPERATIONS).map(([id, operation]) => ({
  id: id as ControlOperationId,
  method: operation.method,
  segments: operation.path.split("/"),
}));

function findOperation(method: string, path: string) {
  const segments = path.split("/").map(decoded);
  const matches = SEGMENTS.filter(
    (one) =>
      one.segments.length === segments.length &&
      one.segments.every((segment, index) => segment.startsWith("{") || segment === segments[index]),
  );
  const found = matches.find((one) => one.method === method);
  if (!found)
    throw matches.length === 0
      ? new ControlError("not_found", ERRORS.not_found.message)
      : new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, {
          allow: matches.map((one) => one.method).join(", "),
        });
  const parameters = found.segments.flatMap((segment, index) =>
    segment.startsWith("{") ? [[segment.slice(1, -1), segments[index] ?? ""] as const] : [],
  );
  return { id: found.id, parameters: Object.fromEntries(parameters) };
}

/** A segment that is not well encoded is taken as it is: no id matches it. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function queryObject(query: ControlRequest["query"]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(query).map(([name, values]) => [name, name.endsWith("[]") ? values : values.at(-1)]),
  );
}

function jsonOf(body: string | undefined): unknown {
  if (body === undefined || body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError("invalid_json", ERRORS.invalid_json.message);
  }
}

function parsed(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ControlError("invalid_request", z.prettifyError(result.error), { param: issue?.path.join(".") });
}

/** The response to an error that the caller gets. */
export function failure({ code, message, param, decisionId, allow }: ControlError): ControlResponse {
  const { error } = errorBody(code, { message, ...(param ? { param } : {}) });
  return {
    status: ERRORS[code].status,
    headers: allow === undefined ? {} : { allow },
    body: { error: { ...error, ...(decisionId ? { decision_id: decisionId } : {}) } },
  };
}
