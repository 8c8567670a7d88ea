import { DEFAULT_PLAN } from "../../contracts/processes/auth.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { DynamoKeyRegistry } from "../keys/key-registry.ts";
import { findKeyTable } from "../keys/key-table.ts";
import { keyTableError } from "../keys/key-table-error.ts";
import type { TemporaryKey } from "./verify-command.ts";

/** Makes an API key for one run of `verify`, and revokes it at its end. */
export async function temporaryKey(options: {
  readonly environment: string;
  readonly aws: boolean;
}): Promise<TemporaryKey> {
  const table = await findKeyTable(options);
  // Nobody is told of a key that one run of `verify` made.
  const registry = new DynamoKeyRegistry({ ...table, control: undefined });
  const { keyId, secret, hash } = newApiKey();
  const [firstPlan = DEFAULT_PLAN] = table.plans;
  const plan = table.plans.includes(DEFAULT_PLAN) ? DEFAULT_PLAN : firstPlan;
  const item = { keyId, hash, name: "sluice verify", plan, createdAt: new Date().toISOString() };
  await registry.add(item).catch((error: unknown) => {
    throw keyTableError(error, table);
  });
  return {
    secret,
    revoke: async () => {
      await registry.revoke(keyId, new Date());
    },
  };
}
