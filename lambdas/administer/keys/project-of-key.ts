import type { ControlStore } from "../store/control-store.ts";

const PREFIX = "key_";

/** The project of an API key. @param id as the API has it, `key_…` @returns undefined where there is no such key */
export async function projectOfKey(id: string, store: Pick<ControlStore, "keyProject">): Promise<string | undefined> {
  return id.startsWith(PREFIX) ? (await store.keyProject(id.slice(PREFIX.length)))?.projectId : undefined;
}
