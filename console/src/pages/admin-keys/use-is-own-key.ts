import type { AdminApiKey } from "../../../../contracts/control/admin-keys.ts";
import { useSession } from "../../session/session.ts";

/** Whether an admin key is the one that the console is signed in with, by the start and the end of its secret. */
export function useIsOwnKey(): (apiKey: AdminApiKey) => boolean {
  const secret = useSession(({ session }) => (session.kind === "admin-key" ? session.key : undefined));
  return ({ redacted_value }) => {
    const [start = "", end = ""] = redacted_value.split("...");
    return secret !== undefined && start !== "" && secret.startsWith(`${start}-`) && secret.endsWith(end);
  };
}
