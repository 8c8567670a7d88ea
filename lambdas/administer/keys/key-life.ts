import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlCall } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";

type Calling = Pick<ControlCall<"createAdminApiKey">, "caller" | "receivedMs">;

/** Seconds for which the caller's admin key still worked when the request came. @returns undefined for one that does not expire, and for a person who signed in */
export function remainingSeconds({ caller, receivedMs }: Calling): number | undefined {
  const { keyExpiresAt } = caller;
  return keyExpiresAt === undefined ? undefined : keyExpiresAt - unixSeconds(receivedMs);
}

/**
 * No admin key gives its user a key that works for longer than itself: it would renew itself without end.
 * @param seconds of the new key. @default - it does not expire
 * @throws {ControlError} with the rule `key-expiry`
 */
export function refuseLongerLife(call: Calling, seconds: number | null | undefined): void {
  const most = remainingSeconds(call);
  if (most === undefined || (typeof seconds === "number" && seconds <= most)) return;
  const requested = typeof seconds === "number" ? `got ${seconds}` : "and is missing, which means no end";
  throw new ControlError(
    "permission_denied",
    `\`expires_in_seconds\` must be at most ${most}, as your admin key ends then (rule key-expiry), ${requested}; ` +
      "send less, or use a key that works for longer.",
    { param: "expires_in_seconds", rule: "key-expiry" },
  );
}

/** The same for a new secret of a key that is there. @param expiresAt its end, in Unix seconds @throws {ControlError} */
export function refuseLongerSecret({ caller }: Calling, expiresAt: number | undefined): void {
  const { keyExpiresAt } = caller;
  if (keyExpiresAt === undefined || (expiresAt !== undefined && expiresAt <= keyExpiresAt)) return;
  throw new ControlError(
    "permission_denied",
    `The key must end no later than ${keyExpiresAt}, as your admin key ends then (rule key-expiry), ` +
      `${expiresAt === undefined ? "and has no end" : `got ${expiresAt}`}; rotate it with a key that works for longer, or set an earlier end first.`,
    { param: "api_key_id", rule: "key-expiry" },
  );
}
