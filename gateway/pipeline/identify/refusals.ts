import type { KeyRefusal, KeyUse } from "../../../domain/keys/check-key.ts";
import type { FailedKeys } from "../../../domain/keys/failed-keys.ts";
import { MAX_FAILED_KEYS_PER_MINUTE } from "../../../domain/keys/failed-keys.ts";
import { GatewayError, type GatewayErrorOptions } from "../../core/gateway-error.ts";
import type { GatewayKey, KeyStore } from "../../keys/key-store.ts";

export const CHALLENGE = { headers: { "www-authenticate": "Bearer" } } as const;

export interface FailureTools {
  /** Refused keys of the client addresses. */
  readonly failedKeys: FailedKeys;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
}

/** @throws {GatewayError} `rate_limit_exceeded` at an address with too many refused keys, before this one is looked up */
export function refuseAfterFailures(
  { addressTenant }: { readonly addressTenant: string },
  keyId: string | undefined,
  { failedKeys, now }: FailureTools,
): void {
  const seconds = failedKeys.waitSeconds(addressTenant, keyId, now());
  if (seconds === undefined) return;
  throw new GatewayError("rate_limit_exceeded", {
    message: `Over ${MAX_FAILED_KEYS_PER_MINUTE} keys that are not valid in a minute from one address. Correct the key, and wait ${seconds} s.`,
    retryAfterSeconds: seconds,
    rule: "failed-keys-of-address",
  });
}

export function refusalError(
  refusal: KeyRefusal,
  { scope }: KeyUse,
  { rule, ...challenge }: GatewayErrorOptions & { readonly rule: string },
): GatewayError {
  if (refusal === "invalid") return new GatewayError("invalid_api_key", { ...challenge, rule });
  if (refusal === "address")
    return new GatewayError("permission_denied", {
      rule,
      message: "This key may not be used from this address. Use it from one of its ranges, or ask your operator.",
    });
  return new GatewayError("permission_denied", {
    rule,
    message: `This key lacks the scope \`${scope}\`. Use one that has it; \`sluice keys create --scope ${scope}\` makes one.`,
  });
}

/** @throws {GatewayError} `auth_unavailable` when the key can't be looked up */
export function lookUp(keys: KeyStore, keyId: string): Promise<GatewayKey | undefined> {
  return keys.get(keyId).catch(throwUnavailable);
}

function throwUnavailable(): never {
  throw new GatewayError("auth_unavailable");
}
