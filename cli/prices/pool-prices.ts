import type { AdminPrice } from "../../contracts/api/admin.ts";
import { type TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { type AdminClient, AdminRefusal } from "../admin/admin-client.ts";
import { Put, pathOf, storedList } from "../admin/stored-settings.ts";
import { UserError } from "../terminal/user-error.ts";

/** The price of one of our pools, with its version. */
export type PoolPrice = Pick<AdminPrice, "name" | "version"> & { readonly settings: TokenPriceSettings | null };

/** Of a pool without a price. */
export const FREE: TokenPrice = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

/** The prices of all pools of a running service. */
export async function poolPrices(client: AdminClient): Promise<readonly PoolPrice[]> {
  return await storedList(client, "prices", TokenPriceSettings.nullable());
}

/** Changes a pool's price in the version that was read. @throws {UserError} where another operator was first */
export async function putPoolPrice(
  client: AdminClient,
  { name, version }: PoolPrice,
  settings: TokenPriceSettings,
): Promise<void> {
  try {
    const path = pathOf("prices", name);
    await client.call({ method: "PUT", path, body: settings, ifMatch: `"${version}"` }, Put);
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code !== "version_conflict") throw error;
    throw new UserError(
      `Another operator changed the price of ${name} meanwhile, so it stays as it is; run the command again to see the change.`,
    );
  }
}
