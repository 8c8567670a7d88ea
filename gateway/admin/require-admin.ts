import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import type { KeyStore } from "../keys/key-store.ts";
import { identify } from "../pipeline/identify.ts";

/**
 * Whoever changes the service shows a key that may, whatever `auth` says of those who use it.
 * @returns the key's id
 * @throws {GatewayError} `missing_api_key`, `invalid_api_key`, `permission_denied`, `auth_unavailable`
 */
export async function requireAdmin(exchange: Exchange, keys: KeyStore): Promise<string> {
  const item = await identify(exchange, "required", keys);
  if (item?.scopes?.includes("admin") === true) return item.keyId;
  throw new GatewayError("permission_denied", {
    message: "This key may not change the service. Make one that may with `sluice keys create --scope admin`.",
  });
}
