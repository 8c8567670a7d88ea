import type { OperatorKey } from "../../../../contracts/control/admin-keys.ts";
import { api } from "../../api/queries.ts";
import { useSession } from "../../session/session.ts";

/** Milliseconds before its end from which on a key is replaced: a request with it must arrive while it works. */
const RENEW_BEFORE_MS = 60_000;

let current: Promise<OperatorKey> | undefined;

/**
 * A key of the scope `admin` for whoever is signed in, which the gateways know: they do not know keys of the control API. It is made with the first
 * request, lasts for minutes and is in memory alone.
 * @throws {ApiError} `forbidden` for whom no role permits it
 */
export async function operatorKey(): Promise<string> {
  current ??= made();
  const key = await current;
  if (key.expires_at * 1000 - RENEW_BEFORE_MS > Date.now()) return key.value;
  current = undefined;
  return operatorKey();
}

/** Forgets the key, so that the next request has another one. */
export function forgetOperatorKey(): void {
  current = undefined;
}

function made(): Promise<OperatorKey> {
  const making = api.call("createOperatorKey");
  making.catch(() => {
    if (current === making) current = undefined;
  });
  return making;
}

useSession.subscribe(({ session }) => {
  if (session.kind === "signed-out") forgetOperatorKey();
});
