import type { Limits } from "../../../../contracts/control/limits.ts";

export const SCOPES = [
  "organization",
  "project",
  "user",
  "service_account",
  "key",
] as const satisfies readonly Limits["scope"][];

/** Whose limits are shown; it stands in the address. @default - those of all */
export function limitsSearch(search: Readonly<Record<string, unknown>>): { readonly scope?: Limits["scope"] } {
  const scope = SCOPES.find((one) => one === search.scope);
  return scope === undefined ? {} : { scope };
}
