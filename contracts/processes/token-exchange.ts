import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { FunctionEntry } from "./function-entry.ts";
import { PeopleSettings, SIGN_IN_PATH } from "./people.ts";
import { TOKEN_PATH, WorkloadPolicy } from "./workloads.ts";

/** Settings of the token exchange: one line of JSON in its environment. */
export const TokenExchangeSettings = z.strictObject({
  entry: FunctionEntry,
  workloads: z.array(WorkloadPolicy),
  /** @default - no person signs in */
  people: PeopleSettings.optional(),
});
export type TokenExchangeSettings = DeepReadonly<z.infer<typeof TokenExchangeSettings>>;

/** The paths of the token exchange; none where nobody may exchange a token. */
export function tokenExchangePaths(identity: {
  readonly workloads: readonly unknown[];
  readonly people?: unknown;
}): readonly string[] {
  const { workloads, people = null } = identity;
  if (people !== null) return [TOKEN_PATH, SIGN_IN_PATH];
  return workloads.length > 0 ? [TOKEN_PATH] : [];
}
