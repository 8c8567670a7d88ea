import type { RecordOf } from "../../contracts/control/records.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { adminKeyRecord, createAdminKey } from "../../domain/tenancy/admin-key-record.ts";
import { controlServer } from "./control-server.ts";

/** The control API with an owner of `org-a`; `join` adds a user, and returns the client with the user's admin key. */
export async function controlMembers() {
  const server = await controlServer();
  const owner = server.sdk(await server.owner("org-a"));
  const join = async (id: string, role: RecordOf<"user">["role"] = "reader") => {
    const made = newAdminKey();
    const key = adminKeyRecord(made, { name: id, ownerId: id, nowMs: 1 });
    const email = `${id}@example.com`;
    await server.store.write("org-a", [
      { action: "create", record: { kind: "user", version: 1, id, email, role, addedAt: 1 } },
      { action: "create", record: { kind: "email", version: 1, email, ownerId: id } },
      ...createAdminKey("org-a", key),
    ]);
    return server.sdk(made.secret);
  };
  return { ...server, owner, join };
}

/** What a client gets where its roles do not permit a call. */
export const DENIED = { status: 403, code: "permission_denied" } as const;
