import { SCIM_PATH } from "../../contracts/control/outer-paths.ts";
import { USAGE_ALIAS } from "../../contracts/control/usage.ts";
import { CHATS_ALIAS } from "../../contracts/history/chats.ts";
import { addressBucket } from "../../domain/client-address.ts";
import { adminKeyId } from "../../domain/keys/admin-key.ts";
import { bearerCredential } from "../../domain/keys/api-key.ts";
import { type FailedKeys, MAX_FAILED_KEYS_PER_MINUTE } from "../../domain/keys/failed-keys.ts";
import { isUseDue } from "../../domain/tenancy/admin-key-use.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import { type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { authenticate, type Identity } from "./authenticate.ts";
import { ControlError } from "./call/control-error.ts";
import { administerByAlias } from "./key-alias.ts";
import { provision, scimFailure } from "./provision.ts";
import { recordRefusedKey } from "./recorded-refusal.ts";
import { serveChats } from "./serve-chats.ts";
import { respondToUsageAlias } from "./usage-alias.ts";

/** A request of the control API as it comes in. */
export interface ReceivedRequest extends Omit<ControlRequest, "caller"> {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
}

export interface ServeTools extends ControlTools {
  readonly failedKeys: FailedKeys;
  /** Milliseconds of a monotonic clock, for `failedKeys`. */
  readonly uptime: () => number;
}

/** Checks the admin key of a request and responds to it. @throws what is no error of the caller's */
export async function serve(request: ReceivedRequest, tools: ServeTools): Promise<ControlResponse> {
  const { authorization, ...rest } = request;
  const isProvisioning = request.path.startsWith(SCIM_PATH);
  let caller: Identity;
  try {
    caller = await authenticateAt(rest.origin.address, authorization, tools);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    await recordRefusedKey(error, rest, adminKeyId(bearerCredential(authorization) ?? ""), tools);
    return isProvisioning ? scimFailure(error) : failure(error);
  }
  await storeUse(caller, tools);
  if (isProvisioning) return provision({ ...rest, caller }, tools);
  return responderOf(request.path)({ ...rest, caller }, tools);
}

function responderOf(path: string): (request: ControlRequest, tools: ControlTools) => Promise<ControlResponse> {
  if (path.startsWith(USAGE_ALIAS)) return respondToUsageAlias;
  return path === CHATS_ALIAS || path.startsWith(`${CHATS_ALIAS}/`) ? serveChats : administerByAlias;
}

/** Never rejects: a use that is not stored is no fault of the request, and the next one is stored. */
async function storeUse(
  { organizationId, keyId, isSignedIn = false, lastUsedAt }: Identity,
  { store, now, log }: Pick<ControlTools, "store" | "now" | "log">,
): Promise<void> {
  const at = unixSeconds(now());
  if (isSignedIn || !isUseDue({ lastUsedAt }, at)) return;
  try {
    await store.adminKeyUsed(organizationId, keyId, at);
  } catch (error) {
    const reason = error instanceof Error ? error.name : String(error);
    log({ level: "warn", msg: "the last use of an admin key was not stored", organizationId, keyId, reason });
  }
}

/** Finds the admin key of a request, unless too many keys of its address were refused. @throws {ControlError} */
async function authenticateAt(
  address: string | undefined,
  authorization: string | undefined,
  { store, failedKeys, uptime, now }: ServeTools,
): Promise<Identity> {
  const bucket = addressBucket(address ?? "");
  const secret = bearerCredential(authorization);
  if (bucket === undefined || secret === undefined) return authenticate(authorization, store, now());
  const keyId = adminKeyId(secret);
  const seconds = failedKeys.waitSeconds(bucket, keyId, uptime());
  if (seconds !== undefined) throw tooManyFailures(seconds);
  try {
    const identity = await authenticate(authorization, store, now());
    if (keyId !== undefined) failedKeys.worked(bucket, keyId, uptime());
    return identity;
  } catch (error) {
    if (error instanceof ControlError) failedKeys.failed(bucket, uptime());
    throw error;
  }
}

function tooManyFailures(seconds: number): ControlError {
  return new ControlError(
    "rate_limit_exceeded",
    `Over ${MAX_FAILED_KEYS_PER_MINUTE} keys that are not valid in a minute from one address. Correct the key, and wait ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
}
