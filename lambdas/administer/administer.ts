import { ERRORS, errorBody } from "../../contracts/api/errors.ts";
import type { ControlOperation } from "../../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS, type ControlOperationId } from "../../contracts/control/operations/operations.ts";
import type { MemberKeys } from "../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { KnownTiers } from "../../contracts/limits/limit-settings.ts";
import type { EnvironmentRetention } from "../../contracts/retention/retention.ts";
import { decideOperation } from "../../domain/tenancy/decide.ts";
import type { Refusal } from "../../domain/tenancy/refusals.ts";
import type { SecretSealer } from "../secret-sealer.ts";
import type { Identity } from "./authenticate.ts";
import { untilMade } from "./call/attempts.ts";
import { checked, jsonOf } from "./call/checked-input.ts";
import type { Caller, ControlCall, PathRecords } from "./call/control-call.ts";
import { ControlError, denied, notFound } from "./call/control-error.ts";
import type { ControlResult } from "./call/control-result.ts";
import { operationFinder } from "./call/find-operation.ts";
import { basisOf, callerGrants, principalOf } from "./call/grants.ts";
import type { OlderArchives } from "./call/older-archives.ts";
import { findRepeated } from "./call/repeated-request.ts";
import { CONTROL_HANDLERS } from "./control-handlers.ts";
import { queryObject, type RequestQuery } from "./query/query-object.ts";
import { asUser } from "./recorded-refusal.ts";
import { resolvePath } from "./resolve-path.ts";
import type { ControlStore } from "./store/control-store.ts";
import type { ErasableData } from "./store/erasable-data.ts";
import type { HistorySource } from "./store/history-source.ts";
import type { ServiceAlarmSource } from "./store/service-alarm-source.ts";
import type { UsageLedger } from "./store/usage-ledger.ts";
import type { UsageSource } from "./store/usage-source.ts";

/** What an audit event of a refusal says of the request. */
export interface RequestOrigin {
  /** The client's address; `undefined` when it is unknown, and then its refused keys are not counted. */
  readonly address: string | undefined;
  readonly requestId: string;
}

/** A request of the control API, after its key was checked. */
export interface ControlRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: RequestQuery;
  readonly ifMatch?: string | undefined;
  /** The `Range` header. */
  readonly range?: string | undefined;
  /** Of a POST. @default - a repeated request is a new one */
  readonly idempotencyKey?: string | undefined;
  /** JSON. @default "" */
  readonly body?: string | undefined;
  readonly origin: RequestOrigin;
  readonly caller: Identity;
}

export interface ControlResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Sent as they are, in place of `body`. @default - the body is JSON */
  readonly bytes?: Buffer;
}

export interface ControlTools {
  readonly store: ControlStore;
  readonly olderArchives: OlderArchives;
  /** Usage plan of new keys for models. */
  readonly keyPlan: string;
  /** How members of projects make keys for themselves. @default - they make none */
  readonly memberKeys?: MemberKeys | undefined;
  /** Public names of the models and routes of the environment file. */
  readonly models: readonly string[];
  /** The limits of its tiers by name, `null` where they are not known here. @default - it has none */
  readonly tiers?: KnownTiers | undefined;
  /** Sums of usage. @default - the environment stores none */
  readonly usage: UsageSource | undefined;
  /** Corrects the ledger of usage. @default - the environment stores none */
  readonly ledger?: UsageLedger | undefined;
  /** The history of generations. @default - the environment stores none */
  readonly history: HistorySource | undefined;
  /** What gateways store of subjects. */
  readonly erasable: ErasableData;
  /** The environment's days for each class of stored data. */
  readonly environmentRetention: EnvironmentRetention;
  readonly serviceAlarms: ServiceAlarmSource;
  /** Id of the operator's organisation, to which keys without a project belong. */
  readonly organization: string;
  /** Of secrets that are stored. */
  readonly sealer: SecretSealer;
  /** The mail addresses that get the notices of the environment. @default - none */
  readonly mailReceivers?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes one line for each refusal. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** Stores a refusal as an audit event. It does not fail. */
  readonly recordRefusal: (refusal: Refusal, nowMs: number) => Promise<void>;
}

/** A request that may be tried several times. */
interface Attempted extends ControlRequest {
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
}

/** Of one request, whose caller waits. */
const WORK_MS = 8000;

/** Responds to a request of the control API. @throws what is no error of the caller's, such as of the table */
export async function administer(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  await endOlderArchives(request.caller.organizationId, tools);
  try {
    const match = findOperation(request.method, request.path);
    const receivedMs = tools.now();
    const { body, version } = await untilMade(() =>
      perform(match.id, match.parameters, { ...request, receivedMs }, tools),
    );
    return { status: 200, headers: version === undefined ? {} : { etag: `"${version}"` }, body };
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

/** Never rejects: a project whose keys can't be ended is no fault of the request, and the next one tries again. */
async function endOlderArchives(
  organizationId: string,
  { olderArchives, store, now, log }: ControlTools,
): Promise<void> {
  try {
    await olderArchives.end(organizationId, store, now());
  } catch (error) {
    const reason = error instanceof Error ? error.name : String(error);
    log({ level: "error", msg: "the keys of archived projects were not ended", organizationId, reason });
  }
}

async function perform<Id extends ControlOperationId>(
  id: Id,
  parameters: Readonly<Record<string, string>>,
  request: Attempted,
  tools: ControlTools,
): Promise<ControlResult<unknown>> {
  return asUser({ operation: id, parameters, request }, tools, (user) =>
    performAs(user, id, parameters, request, tools),
  );
}

async function performAs<Id extends ControlOperationId>(
  user: RecordOf<"user">,
  id: Id,
  parameters: Readonly<Record<string, string>>,
  request: Attempted,
  tools: ControlTools,
): Promise<ControlResult<unknown>> {
  const { store, models, history, organization } = tools;
  const nowMs = tools.now();
  const operation: ControlOperation = CONTROL_OPERATIONS[id];
  const { organizationId, keyId, userId, isSignedIn, scopes: keyScopes, keyExpiresAt } = request.caller;
  const projectId = parameters.project_id;
  const own =
    projectId === undefined
      ? undefined
      : await store.get(organizationId, { kind: "membership", ids: [projectId, userId] });
  const [{ records, membership, projectGroup, version, missing }, grants] = await Promise.all([
    resolvePath({ store, models, history, organization }, organizationId, parameters),
    callerGrants(store, request.caller, user, own, projectId, nowMs),
  ]);
  const resource = { organizationId, ...(projectId === undefined ? {} : { projectId }) };
  const { decision, scope } = decideOperation(principalOf(request.caller, grants, projectId), operation, resource);
  if (decision.outcome === "hidden") throw notFound("project", projectId ?? "", decision.rule);
  if (missing) throw missing;
  if (decision.outcome === "denied") throw denied(decision.rule);
  const isOwnOnly = scope !== operation.scope;
  if (isOwnOnly) refuseForeign(records, userId);
  const repeated = await repetition(request, tools.store, nowMs);
  if ("response" in repeated) return repeated.response;
  if (request.ifMatch !== undefined && request.ifMatch !== "*" && request.ifMatch !== `"${version}"`)
    throw new ControlError("version_conflict", ERRORS.version_conflict.message);
  const { requires: basis } = basisOf(grants, [scope]);
  const key = { keyId, isSignedIn, keyScopes, keyExpiresAt };
  const caller: Caller = { organizationId, ...key, user, membership: own, grants, basis };
  const query = checked(operation.query, queryObject(request.query, operation.query));
  const body = checked(operation.body, jsonOf(request.body));
  const { repeatable } = repeated;
  // The schemas of this operation have parsed both, and the path has matched its parameters.
  const call = {
    ...passedTools(tools),
    caller,
    records,
    membership,
    projectGroup,
    query,
    body,
    repeatable,
    isOwnOnly,
    receivedMs: request.receivedMs,
    isLate: () => tools.now() - nowMs > WORK_MS,
    nowMs,
  };
  return CONTROL_HANDLERS[id](call as unknown as ControlCall<Id>);
}

/** What each call of an operation has of the tools. */
function passedTools({ tiers = {}, mailReceivers = [], ...tools }: ControlTools) {
  const { store, keyPlan, memberKeys, models, usage, history, erasable, environmentRetention, organization } = tools;
  const { sealer, ledger, serviceAlarms } = tools;
  const ofEnvironment = { keyPlan, memberKeys, models, tiers, mailReceivers, environmentRetention, organization };
  return { ...ofEnvironment, store, usage, ledger, history, erasable, sealer, serviceAlarms };
}

/** What is another's is not found, as what does not exist. @throws {ControlError} */
function refuseForeign({ api_key_id: key }: Partial<PathRecords>, userId: string): void {
  if (key !== undefined && key.ownerId !== userId) throw notFound("API key", key.id, "not-own");
}

async function repetition(
  { method, path, body = "", idempotencyKey, caller }: ControlRequest,
  store: ControlStore,
  nowMs: number,
) {
  if (method !== "POST" || idempotencyKey === undefined) return { repeatable: undefined };
  return findRepeated(store, caller, idempotencyKey, [method, path, body], nowMs);
}

const operationOf = operationFinder<ControlOperationId>(CONTROL_OPERATIONS);

function findOperation(method: string, path: string) {
  const found = operationOf(method, path);
  if ("id" in found) return found;
  throw found.allowed.length === 0
    ? new ControlError("not_found", ERRORS.not_found.message)
    : new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, { allow: found.allowed.join(", ") });
}

/** The response to an error that the caller gets. */
export function failure(failed: ControlError): ControlResponse {
  const { code, message, param, decisionId, allow, retryAfterSeconds } = failed;
  const { error } = errorBody(code, { message, ...(param ? { param } : {}) });
  return {
    status: ERRORS[code].status,
    headers: {
      ...(allow === undefined ? {} : { allow }),
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: { error: { ...error, ...(decisionId ? { decision_id: decisionId } : {}) } },
  };
}
