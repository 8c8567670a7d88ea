import { ERRORS, type ErrorCode, withoutKeys } from "../../contracts/api/errors.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import { DEFAULT_ORGANIZATION } from "../../contracts/processes/people.ts";
import { addressBucket } from "../../domain/client-address.ts";
import { worksFor } from "../../domain/tenancy/admin-key-record.ts";
import { actorOf } from "../../domain/tenancy/audit-event.ts";
import { newId } from "../../domain/tenancy/ids.ts";
import { UNKNOWN_ACTOR } from "../../domain/tenancy/refusals.ts";
import type { ControlRequest, ControlTools, RequestOrigin } from "./administer.ts";
import { ControlError } from "./call/control-error.ts";

/** Errors of an operation that refuse, and the type of their event. Others say that the request itself is not right. */
const REFUSALS: Partial<Record<ErrorCode, "login.failed" | "access.denied">> = {
  invalid_api_key: "login.failed",
  permission_denied: "access.denied",
  not_found: "access.denied",
};
/** The rule of an id that names nothing in the caller's organisation: it may be one of another. */
const NOT_FOUND_RULE = "not-in-the-organization";

interface RefusedOperation {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly request: ControlRequest;
  /** The caller. @default - it is gone */
  readonly user: RecordOf<"user"> | undefined;
}

/**
 * Performs an operation as the user of the caller's key, and records it where it is refused.
 * @throws {ControlError} also where the user is gone
 */
export async function asUser<T>(
  refusable: Omit<RefusedOperation, "user">,
  tools: ControlTools,
  perform: (user: RecordOf<"user">) => Promise<T>,
): Promise<T> {
  const { organizationId, userId, keyCreatedAt } = refusable.request.caller;
  const user = await tools.store.get(organizationId, { kind: "user", ids: [userId] });
  try {
    if (!user) throw new ControlError("invalid_api_key", ERRORS.invalid_api_key.message, { rule: "no-user" });
    if (keyCreatedAt !== undefined && !worksFor({ createdAt: keyCreatedAt }, user))
      throw new ControlError("invalid_api_key", ERRORS.invalid_api_key.message, { rule: "user-was-deactivated" });
    return await perform(user);
  } catch (error) {
    if (error instanceof ControlError) throw await recordedRefusal(error, { ...refusable, user }, tools);
    throw error;
  }
}

/** Logs a refused operation with the rule that decided, and stores its audit event. @returns the error with the decision's id */
async function recordedRefusal(
  error: ControlError,
  { operation, parameters, request, user }: RefusedOperation,
  tools: ControlTools,
): Promise<ControlError> {
  const type = REFUSALS[error.code];
  if (type === undefined) return error;
  const { organizationId, keyId, userId } = request.caller;
  const { code, message, rule = NOT_FOUND_RULE } = error;
  const nowMs = tools.now();
  const decisionId = newId("decision", nowMs);
  tools.log({ msg: "refused", decision_id: decisionId, rule, operation, organizationId, keyId, userId });
  const projectId = parameters.project_id;
  const project =
    projectId === undefined ? undefined : await tools.store.get(organizationId, { kind: "project", ids: [projectId] });
  const owner = { id: userId, email: user?.email ?? "unknown" };
  await tools.recordRefusal(
    {
      type,
      organizationId,
      actor: actorOf(request.caller, owner),
      countedBy: { principal: keyId },
      project,
      payload: {
        id: Object.values(parameters).at(-1) ?? organizationId,
        error_code: code,
        error_message: message,
        operation,
        rule,
        ...originOf(request.origin),
        decision_id: decisionId,
      },
    },
    nowMs,
  );
  return new ControlError(code, message, { ...error, decisionId: type === "access.denied" ? decisionId : undefined });
}

/** Logs a refused admin key, and stores its audit event with the organisation that has the key. */
export async function recordRefusedKey(
  { code, message, keyOwner }: ControlError,
  request: Pick<ControlRequest, "method" | "path" | "origin">,
  claimedId: string | undefined,
  tools: ControlTools,
): Promise<void> {
  const nowMs = tools.now();
  const decisionId = newId("decision", nowMs);
  // The requests before it, whose keys were looked up, have events.
  const isThrottled = code === "rate_limit_exceeded";
  const rule = isThrottled ? "failed-keys-of-address" : code;
  const { method, path, origin } = request;
  tools.log({ msg: "refused", decision_id: decisionId, rule, path: withoutKeys(path) });
  if (isThrottled) return;
  await tools.recordRefusal(
    {
      type: "login.failed",
      organizationId: keyOwner?.organizationId ?? DEFAULT_ORGANIZATION,
      actor: UNKNOWN_ACTOR,
      countedBy: { address: addressBucket(origin.address ?? "") },
      payload: {
        id: keyOwner?.keyId ?? claimedId ?? "unknown",
        error_code: code,
        error_message: message,
        operation: `${method} ${path}`,
        rule,
        ...originOf(origin),
        decision_id: decisionId,
      },
    },
    nowMs,
  );
}

function originOf({ address, requestId }: RequestOrigin) {
  return { ...(address === undefined ? {} : { ip_address: address }), request_id: requestId };
}
