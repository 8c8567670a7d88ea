import type { ApiKeyItem, AuthMode } from "../../contracts/auth.ts";
import { apiKeyId, bearerCredential, isApiKeyValid } from "../../domain/api-key.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import type { KeyStore } from "../keys/key-store.ts";

/** Where clients speak Anthropic's dialect. */
const MESSAGES_ROUTE = "/v1/messages";
const CHALLENGE = { headers: { "www-authenticate": "Bearer" } } as const;

/**
 * Third stage: who asks. The authorizer in front has checked the key already; it is never the only one to do so.
 * @returns the key's item, or `undefined` for a caller without one
 * @throws {GatewayError} `missing_api_key`, `invalid_api_key`, or `auth_unavailable` when the key can't be checked
 */
export async function identify(exchange: Exchange, mode: AuthMode, keys: KeyStore): Promise<ApiKeyItem | undefined> {
  if (mode === "off") return undefined;
  const header = credentialHeader(exchange);
  if (header === "" || /^bearer$/i.test(header)) {
    if (mode === "optional") return undefined;
    throw new GatewayError("missing_api_key", CHALLENGE);
  }
  const secret = bearerCredential(header) ?? "";
  const keyId = apiKeyId(secret);
  if (keyId === undefined) throw new GatewayError("invalid_api_key", CHALLENGE);
  const item = await lookUp(keys, keyId);
  if (item === undefined || !isApiKeyValid(secret, item)) throw new GatewayError("invalid_api_key", CHALLENGE);
  exchange.keyId = keyId;
  exchange.tenant = `key:${keyId}`;
  return item;
}

/** `Authorization`, or what Anthropic's SDKs send in its place. */
function credentialHeader({ request, route }: Exchange): string {
  const { authorization, "x-api-key": apiKey } = request.headers;
  if (authorization === undefined && typeof apiKey === "string" && route.startsWith(MESSAGES_ROUTE))
    return `Bearer ${apiKey.trim()}`;
  return authorization?.trim() ?? "";
}

/** @throws {GatewayError} `auth_unavailable` when the key can't be looked up */
export async function lookUp(keys: KeyStore, keyId: string): Promise<ApiKeyItem | undefined> {
  try {
    return await keys.get(keyId);
  } catch {
    throw new GatewayError("auth_unavailable");
  }
}
