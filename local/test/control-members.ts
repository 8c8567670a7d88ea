import type { RecordOf } from "../../contracts/control/records.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { adminKeyRecord, createAdminKey } from "../../domain/tenancy/admin-key-record.ts";
import { controlServer } from "./control-server.ts";

/** The control API with an owner of `org-a`; `join` adds a user, and returns the client with the user's admin key. */
export async function controlMembers(others: Parameters<typeof controlServer>[0] = {}) {
  const server = await controlServer(others);
  const ownerSecret = await server.owner("org-a");
  const owner = server.sdk(ownerSecret);
  /** The same, and returns the admin key. */
  const joinWithKey = async (id: string, role: RecordOf<"user">["role"] = "reader") => {
    const made = newAdminKey();
    const key = adminKeyRecord(made, { name: id, ownerId: id, nowMs: 1 });
    const email = `${id}@example.com`;
    await server.store.write("org-a", [
      { action: "create", record: { kind: "user", version: 1, id, email, role, addedAt: 1 } },
      { action: "create", record: { kind: "email", version: 1, email, ownerId: id } },
      ...createAdminKey("org-a", key),
    ]);
    return made.secret;
  };
  const join = async (...user: Parameters<typeof joinWithKey>) => server.sdk(await joinWithKey(...user));
  return { ...server, owner, ownerOf: server.owner, ownerSecret, join, joinWithKey };
}

/** What a client gets where its roles do not permit a call. */
export const DENIED = { status: 403, code: "permission_denied" } as const;
