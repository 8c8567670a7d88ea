import type { ControlScope } from "../../../contracts/control/scopes.ts";
import { useSession } from "./session.ts";

/**
 * Whether the roles of whoever is signed in permit something in the whole organisation, as the session says: a hint for what a page offers and
 * requests. The service decides at each request.
 * @returns `undefined` where the session does not say it: with an admin key, and of a service of a release before
 */
export function usePermission(scope: ControlScope): boolean | undefined {
  return useSession(({ session }) => (session.kind === "person" ? session.permissions?.includes(scope) : undefined));
}
