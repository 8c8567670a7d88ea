import { OPERATOR_KEY_SECONDS } from "../../../contracts/control/admin-keys.ts";
import { newOperatorKey } from "../../../domain/people/operator-key.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlHandler, change } from "../call/control-call.ts";
import { denied } from "../call/control-error.ts";

/** A key of the caller's for the gateways' own administration. Gateways serve all organisations, so it is for the operator's alone. */
export const createOperatorKey: ControlHandler<"createOperatorKey"> = async (call) => {
  const { caller, store, keyPlan, organization, nowMs } = call;
  const { organizationId, user } = caller;
  if (organizationId !== organization) throw denied("not-the-operators-organization");
  const stored = await store.get(organizationId, { kind: "personKeys", ids: [user.id] });
  const made = newOperatorKey({ user, plan: keyPlan, seconds: OPERATOR_KEY_SECONDS, stored, nowMs });
  const id = `key_${made.keyId}`;
  const event = auditEvent("api_key.created", { id, data: { scopes: ["admin"] } });
  return change(call, event, made.changes, {
    body: {
      object: "organization.operator_key",
      id,
      value: made.secret,
      created_at: unixSeconds(nowMs),
      expires_at: made.expiresAt,
    },
  });
};
