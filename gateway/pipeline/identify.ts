import type { ApiKeyItem, AuthMode } from "../../contracts/processes/auth.ts";
import { ANTHROPIC_PATHS } from "../../contracts/processes/auth.ts";
import { apiKeyId, bearerCredential, isApiKeyValid } from "../../domain/keys/api-key.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Caller } from "../core/request.ts";
import type { KeyStore } from "../keys/key-store.ts";
import type { Admitted, Identified } from "./request-states.ts";

const CHALLENGE = { headers: { "www-authenticate": "Bearer" } } as const;

export interface IdentifyTools {
  readonly auth: AuthMode;
  readonly keys: KeyStore;
}

/**
 * Fourth step: identifies the caller. The authorizer in front has checked the key already; this step checks it again.
 * @throws {GatewayError} `missing_api_key`, `invalid_api_key`, `permission_denied` where an operator's key is needed, or
 * `auth_unavailable` when the key can't be checked
 */
export async function identify(admitted: Admitted, { auth, keys }: IdentifyTools): Promise<Identified> {
  const { request, endpoint, addressTenant, record } = admitted;
  const anonymous: Caller = { tenant: addressTenant, keyId: undefined, priceFactor: 1 };
  if (endpoint.access === "public" || endpoint.access === "address-limited")
    return { ...admitted, caller: anonymous, key: undefined };
  const isOperator = endpoint.access === "operator";
  const known = request.knownCaller;
  const key =
    known === undefined
      ? await keyOf(admitted, isOperator ? "required" : auth, keys)
      : await keyOfKnown(known, auth, keys);
  const caller = known ?? (key === undefined ? anonymous : ofKey(key));
  record.note({ tenant: caller.tenant, keyId: key?.keyId, priceFactor: caller.priceFactor });
  if (isOperator && key?.scopes?.includes("admin") !== true)
    throw new GatewayError("permission_denied", {
      message: "This key may not change the service. Make one that may with `sluice keys create --scope admin`.",
    });
  return { ...admitted, caller, key };
}

function ofKey({ keyId }: ApiKeyItem): Caller {
  return { tenant: `key:${keyId}`, keyId, priceFactor: 1 };
}

async function keyOf(admitted: Admitted, auth: AuthMode, keys: KeyStore): Promise<ApiKeyItem | undefined> {
  if (auth === "off") return undefined;
  const header = credentialHeader(admitted);
  if (header === "" || /^bearer$/i.test(header)) {
    if (auth === "optional") return undefined;
    throw new GatewayError("missing_api_key", CHALLENGE);
  }
  const secret = bearerCredential(header) ?? "";
  const keyId = apiKeyId(secret);
  if (keyId === undefined) throw new GatewayError("invalid_api_key", CHALLENGE);
  const item = await lookUp(keys, keyId);
  if (item === undefined || !isApiKeyValid(secret, item)) throw new GatewayError("invalid_api_key", CHALLENGE);
  return item;
}

/** A key that was revoked since the work was accepted is refused. */
async function keyOfKnown({ keyId }: Caller, auth: AuthMode, keys: KeyStore): Promise<ApiKeyItem | undefined> {
  if (keyId === undefined || auth === "off") return undefined;
  const item = await lookUp(keys, keyId);
  if (item === undefined || item.revokedAt !== undefined) throw new GatewayError("invalid_api_key");
  return item;
}

/** `Authorization`, or the header that Anthropic's SDKs send instead. */
function credentialHeader({ request, match }: Admitted): string {
  const { authorization, "x-api-key": apiKey } = request.headers;
  if (authorization !== undefined) return authorization.trim();
  const isAnthropic = ANTHROPIC_PATHS.some((path) => match.route.startsWith(path));
  return typeof apiKey === "string" && isAnthropic ? `Bearer ${apiKey.trim()}` : "";
}

/** @throws {GatewayError} `auth_unavailable` when the key can't be looked up */
function lookUp(keys: KeyStore, keyId: string): Promise<ApiKeyItem | undefined> {
  return keys.get(keyId).catch(throwUnavailable);
}

function throwUnavailable(): never {
  throw new GatewayError("auth_unavailable");
}
