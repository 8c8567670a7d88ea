import type { Page } from "playwright-core";
import { type ConsoleStage, personSession, signInWithKey } from "./console-stage.ts";

export const PROJECT = { id: "proj_1", name: "search", role: "owner" };

/** The history for a person, or for an administrator with a key. */
export async function openedBy(who: "person" | "admin", stage: ConsoleStage, path = "/history"): Promise<Page> {
  stage.control.projects.push({ id: "proj_1", name: "search" });
  if (who === "admin") {
    const page = await stage.open(path);
    await signInWithKey(page);
    return page;
  }
  stage.control.accepted.add("sk-admin-ada");
  stage.session = () => ({ status: 200, body: personSession([PROJECT], "sk-admin-ada") });
  return stage.open(path);
}
