import type { ApiKeyItem, AuthMode } from "../../contracts/auth.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import type { InternalCaller } from "../internal-calls.ts";
import type { KeyStore } from "../keys/key-store.ts";
import { lookUp } from "./identify.ts";

/**
 * In place of the second and third stage for a request that the gateway sent to itself: the address is its own, and who
 * pays was checked when the work was accepted. A key that was revoked since then pays for nothing more.
 * @throws {GatewayError} `invalid_api_key`, or `auth_unavailable` when the key can't be checked
 */
export async function identifyInternal(
  exchange: Exchange,
  caller: InternalCaller,
  mode: AuthMode,
  keys: KeyStore,
): Promise<ApiKeyItem | undefined> {
  const { keyId } = caller;
  exchange.tenant = caller.tenant;
  exchange.priceFactor = caller.priceFactor;
  if (keyId === undefined || mode === "off") return undefined;
  const item = await lookUp(keys, keyId);
  if (item === undefined || item.revokedAt !== undefined) throw new GatewayError("invalid_api_key");
  exchange.keyId = keyId;
  return item;
}
