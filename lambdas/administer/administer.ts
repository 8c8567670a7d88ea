import * as z from "zod";
import { ERRORS, type ErrorCode, errorBody } from "../../contracts/api/errors.ts";
import {
  CONTROL_OPERATIONS,
  type ControlOperation,
  type ControlOperationId,
} from "../../contracts/control/operations.ts";
import { decide } from "../../domain/tenancy/decide.ts";
import { newId } from "../../domain/tenancy/ids.ts";
import { ORGANIZATION_ROLES, PROJECT_ROLES } from "../../domain/tenancy/roles.ts";
import type { Caller, ControlCall, ControlResult } from "./call/control-call.ts";
import { ControlError, LostRaceError, notFound } from "./call/control-error.ts";
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
  /** JSON. @default "" */
  readonly body?: string | undefined;
  /** The key and its owner, from the authorizer. */
  readonly caller: { readonly organizationId: string; readonly keyId: string; readonly userId: string };
}

export interface ControlResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ControlTools {
  readonly store: ControlStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
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
    if (error instanceof DeniedError) return failure("permission_denied", error.message, undefined, error.decisionId);
    if (error instanceof ControlError) return failure(error.code, error.message, error.param);
    throw error;
  }
}

class DeniedError extends Error {
  readonly decisionId: string;

  constructor(rule: string, decisionId: string) {
    super(`Your roles do not permit this (rule ${rule}); request a role that does from an owner of the organisation.`);
    this.decisionId = decisionId;
  }
}

async function perform<Id extends ControlOperationId>(
  id: Id,
  parameters: Readonly<Record<string, string>>,
  request: ControlRequest,
  { store, now }: ControlTools,
): Promise<ControlResult<unknown>> {
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
  if (decision.outcome === "hidden") throw notFound("project", projectId ?? "");
  if (missing) throw missing;
  if (decision.outcome === "denied") throw new DeniedError(decision.rule, newId("decision", now()));
  const version = membership?.version ?? Object.values(records).at(-1)?.version;
  if (request.ifMatch !== undefined && request.ifMatch !== "*" && request.ifMatch !== `"${version}"`)
    throw new ControlError("version_conflict", ERRORS.version_conflict.message);
  const caller: Caller = { organizationId, keyId, user, membership: own };
  const query = parsed(operation.query, queryObject(request.query));
  const body = parsed(operation.body, jsonOf(request.body));
  // The schemas of this operation have parsed both, and the path has matched its parameters.
  const call = { caller, records, membership, query, body, store, nowMs: now() } as unknown as ControlCall<Id>;
  return CONTROL_HANDLERS[id](call);
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
      : new ControlError("method_not_allowed", ERRORS.method_not_allowed.message);
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
  throw new ControlError("invalid_request", z.prettifyError(result.error), issue?.path.join("."));
}

function failure(code: ErrorCode, message: string, param?: string, decisionId?: string): ControlResponse {
  const { error } = errorBody(code, { message, ...(param ? { param } : {}) });
  return {
    status: ERRORS[code].status,
    headers: {},
    body: { error: { ...error, ...(decisionId ? { decision_id: decisionId } : {}) } },
  };
}
