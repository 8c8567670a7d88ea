import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { checkUse, type KeyRefusal, type KeyUse } from "./check-key.ts";
import { scopeThatAllows } from "./key-item.ts";

/** Whether a key may be used so, and the rule that decided. */
export interface KeyDecision {
  readonly isAllowed: boolean;
  readonly rule: string;
}

/** The decision about a key whose secret is right. @param item `undefined` when there is no such key */
export function decideKeyUse(item: ApiKeyItem | undefined, use: KeyUse, now: number): KeyDecision {
  const refusal = item === undefined ? "invalid" : checkUse(item, use, now);
  if (item !== undefined && refusal === undefined) return { isAllowed: true, rule: permittingRule(item, use) };
  return { isAllowed: false, rule: refusingRule(refusal ?? "invalid", item, use, now) };
}

/**
 * The name of the rule that refused a key, for logs and operators. Clients never get it, as it tells an unknown, a
 * revoked and an expired key apart.
 */
export function refusingRule(
  refusal: KeyRefusal,
  item: ApiKeyItem | undefined,
  { scope, model }: KeyUse,
  now: number,
): string {
  if (refusal === "address") return "key-not-for-address";
  if (refusal === "scope") return `key-lacks-scope:${scope}`;
  if (refusal === "model") return `key-not-for-model:${model}`;
  if (item === undefined) return "key-unknown";
  if (item.revokedAt !== undefined) return "key-revoked";
  return item.expiresAt !== undefined && !(now < Date.parse(item.expiresAt)) ? "key-expired" : "key-secret-wrong";
}

function permittingRule(item: ApiKeyItem, { scope }: KeyUse): string {
  return scope === undefined ? "key-valid" : `key-has-scope:${scopeThatAllows(item, scope)}`;
}
