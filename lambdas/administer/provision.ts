import { ERRORS, withoutKeys } from "../../contracts/api/errors.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import { SCIM_OPERATIONS, type ScimOperation, type ScimOperationId } from "../../contracts/scim/operations.ts";
import { ScimListQuery } from "../../contracts/scim/resources.ts";
import { SCIM, type ScimType } from "../../contracts/scim/schemas.ts";
import { projected } from "../../domain/scim/projection.ts";
import { ScimError } from "../../domain/scim/scim-error.ts";
import { decide } from "../../domain/tenancy/decide.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { ControlRequest, ControlResponse, ControlTools } from "./administer.ts";
import { untilMade } from "./call/attempts.ts";
import { jsonOf } from "./call/checked-input.ts";
import { ControlError, denied } from "./call/control-error.ts";
import { operationFinder } from "./call/find-operation.ts";
import { basisOf, callerGrants, principalOf } from "./call/grants.ts";
import { queryObject } from "./query/query-object.ts";
import { asUser } from "./recorded-refusal.ts";
import { parsed } from "./scim/parsed.ts";
import type { ScimCall, ScimResponse } from "./scim/scim-call.ts";
import { SCIM_HANDLERS } from "./scim/scim-handlers.ts";

const CONTENT_TYPE = { "content-type": "application/scim+json" };

/** Responds to a request of provisioning by SCIM 2.0. @throws what is no error of the caller's, such as of the table */
export async function provision(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  try {
    const { id, parameters } = findOperation(request.method, request.path);
    const refusable = { operation: `scim.${id}`, parameters, request };
    const { status, body } = await untilMade(() =>
      asUser(refusable, tools, (user) => performAs(user, id, parameters.id ?? "", request, tools)),
    );
    const location = status === 201 && isRecord(body) && isRecord(body.meta) ? body.meta.location : undefined;
    const headers = { ...CONTENT_TYPE, ...(location === undefined ? {} : { location: String(location) }) };
    return { status, headers: body === undefined ? {} : headers, body };
  } catch (error) {
    if (error instanceof ScimError || error instanceof ControlError) return scimFailure(error);
    throw error;
  }
}

async function performAs<Id extends ScimOperationId>(
  user: RecordOf<"user">,
  id: Id,
  resourceId: string,
  request: ControlRequest,
  { store, now }: ControlTools,
): Promise<ScimResponse> {
  const { organizationId, keyId, isSignedIn, scopes: keyScopes } = request.caller;
  const operation: ScimOperation = SCIM_OPERATIONS[id];
  const grants = await callerGrants(store, request.caller, user, undefined, undefined, now());
  const decision = decide(principalOf(request.caller, grants, undefined), operation.scope, { organizationId });
  if (decision.outcome !== "allowed") throw denied(decision.rule);
  const query = parsed(operation.query, queryObject(request.query, operation.query));
  const body = parsed(operation.body, jsonOf(request.body));
  // The schemas of this operation have parsed both.
  const call = {
    caller: {
      organizationId,
      keyId,
      isSignedIn,
      keyScopes,
      user,
      membership: undefined,
      grants,
      basis: basisOf(grants, [operation.scope]).requires,
    },
    ...{ id: resourceId, query, body, store, nowMs: now(), repeatable: undefined },
  };
  const response = await SCIM_HANDLERS[id](call as unknown as ScimCall<Id>);
  return { ...response, body: withWanted(response.body, ScimListQuery.safeParse(query).data ?? {}) };
}

/** Users and groups with the attributes that the client wants; anything else as it is. */
function withWanted(body: unknown, names: Pick<ScimListQuery, "attributes" | "excludedAttributes"> | object): unknown {
  if (!isRecord(body)) return body;
  const [schema] = Array.isArray(body.schemas) ? body.schemas : [];
  if (schema === SCIM.list && Array.isArray(body.Resources))
    return { ...body, Resources: body.Resources.map((one) => withWanted(one, names)) };
  return schema === SCIM.user || schema === SCIM.group ? projected(body, names, schema) : body;
}

const operationOf = operationFinder<ScimOperationId>(SCIM_OPERATIONS);

function findOperation(method: string, path: string) {
  const found = operationOf(method, path);
  if ("id" in found) return found;
  throw found.allowed.length === 0
    ? new ScimError(404, ERRORS.not_found.message)
    : new ScimError(405, `The methods of this path are ${found.allowed.join(", ")}.`);
}

/** The response to an error that the caller gets, by RFC 7644, section 3.12. */
export function scimFailure(failed: ScimError | ControlError): ControlResponse {
  const isScim = failed instanceof ScimError;
  const status = isScim ? failed.status : ERRORS[failed.code].status;
  const retryAfter = failed.retryAfterSeconds;
  const decisionId = isScim ? undefined : failed.decisionId;
  const scimType = isScim ? failed.scimType : scimTypeOf(failed);
  return {
    status,
    headers: { ...CONTENT_TYPE, ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }) },
    body: {
      schemas: [SCIM.error],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: withoutKeys(failed.message),
      ...(decisionId === undefined ? {} : { decision_id: decisionId }),
    },
  };
}

function scimTypeOf({ code }: ControlError): ScimType | undefined {
  if (code === "invalid_json") return "invalidSyntax";
  return code === "invalid_request" ? "invalidValue" : undefined;
}
