import { OPERATOR_KEY_SECONDS } from "../../../contracts/control/admin-keys.ts";
import { newOperatorKey } from "../../../domain/people/operator-key.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, requireOperators } from "../call/control-call.ts";
import { remainingSeconds } from "../keys/key-life.ts";

/** A key of the caller's for the gateways' own administration. Gateways serve all organisations, so it is for the operator's alone. */
export const createOperatorKey: ControlHandler<"createOperatorKey"> = (call) =>
  created(call, "admin", "organization.operator_key");

/** A key of the caller's for the health of the service, which is of all organisations too. */
export const createObserverKey: ControlHandler<"createObserverKey"> = (call) =>
  created(call, "observe", "organization.observer_key");

/** A key of the caller's for the newest lines of the gateways' log, which are of all organisations too. */
export const createLogKey: ControlHandler<"createLogKey"> = (call) => created(call, "logs", "organization.log_key");

async function created<Name extends string>(
  call: ControlCall<"createOperatorKey"> | ControlCall<"createObserverKey"> | ControlCall<"createLogKey">,
  scope: "admin" | "observe" | "logs",
  object: Name,
) {
  requireOperators(call);
  const { caller, store, keyPlan, receivedMs } = call;
  const { organizationId, user } = caller;
  const stored = await store.get(organizationId, { kind: "personKeys", ids: [user.id] });
  const seconds = Math.min(OPERATOR_KEY_SECONDS, remainingSeconds(call) ?? OPERATOR_KEY_SECONDS);
  const made = newOperatorKey({ user, plan: keyPlan, seconds, scope, stored, nowMs: receivedMs });
  const id = `key_${made.keyId}`;
  const event = auditEvent("api_key.created", { id, data: { scopes: [scope] } });
  return change(call, event, made.changes, {
    body: { object, id, value: made.secret, created_at: unixSeconds(receivedMs), expires_at: made.expiresAt },
  });
}
