import type { ConsoleConfig } from "../api/console-config.ts";
import type { Session } from "./session.ts";

/** Where somebody begins who has just signed in: with keys of one's own whoever owns no project, else with the project's keys. */
export function homeOf(session: Session, { memberKeys }: Pick<ConsoleConfig, "memberKeys">): "/keys" | "/own-keys" {
  if (memberKeys === undefined || session.kind !== "person") return "/keys";
  return session.projects.some(({ role }) => role === "owner") ? "/keys" : "/own-keys";
}
