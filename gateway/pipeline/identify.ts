import { isForOperators, scopeOf } from "../../contracts/openapi/operation-access.ts";
import {
  ANTHROPIC_PATHS,
  type ApiKeyItem,
  type AuthMode,
  type KeyOwner,
  type KeyScope,
} from "../../contracts/processes/auth.ts";
import { accountTenant, keyTenant, userTenant } from "../../domain/erasure/erased-subject.ts";
import { apiKeyId, bearerCredential } from "../../domain/keys/api-key.ts";
import { checkKey, checkUse, type KeyUse } from "../../domain/keys/check-key.ts";
import type { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { refusingRule } from "../../domain/keys/key-decision.ts";
import type { KeyUses } from "../../domain/keys/key-uses.ts";
import { principalOf } from "../../domain/people/principal-id.ts";
import type { AddressLimit } from "../admission/address-limit.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Caller } from "../core/request.ts";
import type { GatewayKey, KeyStore } from "../keys/key-store.ts";
import type { TokenIdentities } from "../keys/token-identities.ts";
import { keyOfToken } from "./identify/identify-token.ts";
import { CHALLENGE, lookUp, refusalError, refuseAfterFailures } from "./identify/refusals.ts";
import type { Admitted, Identified } from "./request-states.ts";

export interface IdentifyTools {
  readonly auth: AuthMode;
  readonly keys: KeyStore;
  /** Tokens in place of keys. @default - none is valid */
  readonly tokens?: Pick<TokenIdentities, "has" | "isUser" | "isVerified" | "known" | "find"> | undefined;
  /** Stores when keys were last used; no request waits for it. */
  readonly keyUses: Pick<KeyUses, "used"> | undefined;
  /** Refused keys of the client addresses. */
  readonly failedKeys: FailedKeys;
  readonly addressLimit: AddressLimit;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/**
 * Fourth step: identifies the caller. The authorizer in front has checked the key already; this step checks it again.
 * @throws {GatewayError} `missing_api_key`, `invalid_api_key`, `permission_denied` where the key lacks the scope or the client's
 * address is not among the key's, `rate_limit_exceeded` after too many wrong keys of the address, or `auth_unavailable`
 * when the key can't be checked
 */
export function identify(admitted: Admitted, tools: IdentifyTools): Identified | Promise<Identified> {
  const scope = scopeOf(admitted.endpoint.access);
  if (scope === undefined) return { ...admitted, caller: anonymous(admitted), key: undefined };
  const auth = isForOperators(scope) ? "required" : tools.auth;
  const known = admitted.request.knownCaller;
  const key = known === undefined ? keyOf(admitted, scope, auth, tools) : keyOfKnown(known, scope, auth, tools);
  return key instanceof Promise
    ? key.then((item) => identified(admitted, item, tools))
    : identified(admitted, key, tools);
}

function anonymous({ addressTenant }: Admitted): Caller {
  return { tenant: addressTenant, keyId: undefined, priceFactor: 1 };
}

function identified(admitted: Admitted, key: GatewayKey | undefined, { keyUses }: IdentifyTools): Identified {
  const { record } = admitted;
  const known = admitted.request.knownCaller;
  if (key !== undefined && principalOf(key.keyId) === undefined) keyUses?.used(key);
  const caller = known ?? (key === undefined ? anonymous(admitted) : ofKey(key));
  record.note({
    tenant: caller.tenant,
    keyId: key?.keyId,
    projectId: key?.projectId,
    owner: key?.owner,
    isBatch: known !== undefined,
    priceFactor: caller.priceFactor,
  });
  return { ...admitted, caller, key };
}

/**
 * The keys of a service account are one tenant, and so are those of a user in a project: a workload and a person get one
 * after another, and none of them a share of its own.
 */
function ofKey({ keyId, owner, projectId }: ApiKeyItem): Caller {
  return { tenant: tenantOf(keyId, owner, projectId), keyId, priceFactor: 1 };
}

function tenantOf(keyId: string, owner: KeyOwner | undefined, projectId: string | undefined): string {
  if (owner === undefined) return keyTenant(keyId);
  return owner.type === "service_account" ? accountTenant(owner.id) : userTenant(projectId, owner.id);
}

/** Without a promise where the key is known, as it is for most requests. */
function keyOf(
  admitted: Admitted,
  scope: KeyScope,
  auth: AuthMode,
  tools: IdentifyTools,
): GatewayKey | undefined | Promise<GatewayKey> {
  if (auth === "off") return undefined;
  const header = credentialHeader(admitted);
  if (header === "" || /^bearer$/i.test(header)) {
    if (auth === "optional") return undefined;
    throw new GatewayError("missing_api_key", CHALLENGE);
  }
  const secret = bearerCredential(header) ?? "";
  if (tools.tokens?.has(secret)) return keyOfToken(admitted, secret, scope, { ...tools, tokens: tools.tokens });
  const keyId = apiKeyId(secret);
  const isCounted = !tools.addressLimit.isTrusted(admitted.request.address);
  if (isCounted) refuseAfterFailures(admitted, keyId, tools);
  const use: KeyUse = { scope, address: admitted.request.address };
  const check = (item: GatewayKey | undefined): GatewayKey => {
    try {
      const right = checked(secret, keyId, item, use, tools);
      if (isCounted) tools.failedKeys.worked(admitted.addressTenant, right.keyId, tools.now());
      return right;
    } catch (error) {
      const isFailure = error instanceof GatewayError && error.code === "invalid_api_key";
      if (isFailure && isCounted) tools.failedKeys.failed(admitted.addressTenant, tools.now());
      throw error;
    }
  };
  const known = keyId === undefined ? undefined : tools.keys.known?.(keyId);
  return keyId === undefined || known !== undefined ? check(known) : lookUp(tools.keys, keyId).then(check);
}

/** @throws {GatewayError} */
function checked(
  secret: string,
  keyId: string | undefined,
  item: GatewayKey | undefined,
  use: KeyUse,
  { wallClock }: IdentifyTools,
): GatewayKey {
  if (keyId === undefined) throw new GatewayError("invalid_api_key", { ...CHALLENGE, rule: "key-malformed" });
  const now = wallClock();
  const refusal = checkKey(secret, item, use, now);
  if (refusal === undefined && item !== undefined) return item;
  const reason = refusal ?? "invalid";
  throw refusalError(reason, use, { ...CHALLENGE, rule: refusingRule(reason, item, use, now) });
}

/** A key that was revoked, has expired or lost its scope since the work was accepted is refused. */
async function keyOfKnown(
  { keyId }: Caller,
  scope: KeyScope,
  auth: AuthMode,
  { keys, wallClock }: IdentifyTools,
): Promise<GatewayKey | undefined> {
  if (keyId === undefined || auth === "off") return undefined;
  const item = await lookUp(keys, keyId);
  const now = wallClock();
  const refusal = item === undefined ? "invalid" : checkUse(item, { scope }, now);
  if (refusal === undefined) return item;
  throw refusalError(refusal, { scope }, { rule: refusingRule(refusal, item, { scope }, now) });
}

/** `Authorization`, or the header that Anthropic's SDKs send instead. */
function credentialHeader({ request, match }: Admitted): string {
  const { authorization, "x-api-key": apiKey } = request.headers;
  if (authorization !== undefined) return authorization.trim();
  const isAnthropic = ANTHROPIC_PATHS.some((path) => match.route.startsWith(path));
  return typeof apiKey === "string" && isAnthropic ? `Bearer ${apiKey.trim()}` : "";
}
