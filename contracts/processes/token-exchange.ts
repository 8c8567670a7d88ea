import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { SESSION_PATH, SESSION_REFRESH_PATH } from "../sign-in/session.ts";
import { FunctionEntry } from "./function-entry.ts";
import { PeopleSettings, SIGN_IN_PATH } from "./people.ts";
import { TOKEN_PATH, WorkloadPolicy } from "./workloads.ts";

/** Settings of the token exchange: one line of JSON in its environment. */
export const TokenExchangeSettings = z.strictObject({
  entry: FunctionEntry,
  workloads: z.array(WorkloadPolicy),
  /** @default - no person signs in */
  people: PeopleSettings.optional(),
  /** Whether browsers have sessions, for the console. @default false */
  sessions: z.boolean().optional(),
});
export type TokenExchangeSettings = DeepReadonly<z.infer<typeof TokenExchangeSettings>>;

/** Whether browsers have sessions: for people who sign in in the console. */
export function hasBrowserSessions({
  identity,
  site,
}: {
  readonly identity: { readonly people?: unknown };
  readonly site: { readonly console: "on" | "off" };
}): boolean {
  return (identity.people ?? null) !== null && site.console === "on";
}

/**
 * The paths of the token exchange; none where nobody may exchange a token.
 * @param hasSessions whether browsers have sessions, for the console
 */
export function tokenExchangePaths(
  identity: { readonly workloads: readonly unknown[]; readonly people?: unknown },
  hasSessions: boolean,
): readonly string[] {
  const { workloads, people = null } = identity;
  if (people !== null) return [TOKEN_PATH, SIGN_IN_PATH, ...(hasSessions ? [SESSION_PATH, SESSION_REFRESH_PATH] : [])];
  return workloads.length > 0 ? [TOKEN_PATH] : [];
}
