import { describe, expect, test } from "vitest";
import type { RecordOf } from "../contracts/control/records.ts";
import { all, controlServer } from "./test/control-server.ts";

const user = (id: string): RecordOf<"user"> => ({
  kind: "user",
  version: 1,
  id,
  email: `${id}@example.com`,
  role: "reader",
  addedAt: 1,
});

/** The owner's client, and users of the organisation. */
async function withUsers(...ids: readonly string[]) {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  await server.store.write(
    "org-a",
    ids.map((id) => ({ action: "create", record: user(id) })),
  );
  return { ...server, secret, organization: server.sdk(secret) };
}

describe("groups of the control API", () => {
  // documented: control-api-groups
  test("are listed in pages in both orders, with their users, and renamed", async () => {
    const { organization } = await withUsers("user-a", "user-b", "user-c");
    const { groups } = organization;
    const made = [];
    for (const name of ["one", "two", "three"]) made.push(await groups.create({ name }));
    const names = async (order: "asc" | "desc") =>
      (await all(groups.list({ limit: 1, order }))).map(({ name }) => name);
    expect([await names("asc"), await names("desc")]).toEqual([
      ["one", "two", "three"],
      ["three", "two", "one"],
    ]);
    const [{ id }] = made as [(typeof made)[0]];
    for (const user_id of ["user-c", "user-a", "user-b"]) await groups.users.create(id, { user_id });
    const users = await all(groups.users.list(id, { limit: 2 }));
    expect(users.map((one) => one.id)).toEqual(["user-a", "user-b", "user-c"]);
    expect((await groups.update(id, { name: "uno" })).name).toBe("uno");
    await groups.users.delete("user-b", { group_id: id });
    await organization.users.delete("user-c");
    expect((await all(groups.users.list(id))).map((one) => one.id)).toEqual(["user-a"]);
    await expect(groups.users.retrieve("user-b", { group_id: id })).rejects.toMatchObject({ status: 404 });
    const events = await all(organization.auditLogs.list({ resource_ids: [id] }));
    expect(events.map(({ type }) => type)).toEqual([
      "tenant.group.member.removed",
      "group.updated",
      ...Array.from({ length: 3 }, () => "tenant.group.member.added"),
      "group.created",
    ]);
  });

  test("take no user twice, none of another organisation, and a user into ten groups at most", async () => {
    const { organization, owner, sdk } = await withUsers("user-a");
    const foreign = sdk(await owner("org-b"));
    const theirs = (await all(foreign.users.list()))[0]!.id;
    const made = [];
    for (let n = 0; n < 12; n++) made.push((await organization.groups.create({ name: `g${n}` })).id);
    await expect(organization.groups.users.create(made[0]!, { user_id: theirs })).rejects.toMatchObject({
      status: 404,
    });
    await expect(foreign.groups.users.create(made[0]!, { user_id: theirs })).rejects.toMatchObject({ status: 404 });
    const results = await Promise.allSettled(
      made.slice(0, 11).map((id) => organization.groups.users.create(id, { user_id: "user-a" }, { maxRetries: 2 })),
    );
    const refused = results.filter((one) => one.status === "rejected").map(({ reason }) => String(reason));
    expect(refused).toEqual([expect.stringContaining("at most 10 groups")]);
    const joined = results.flatMap((one) => (one.status === "fulfilled" ? [one.value.group_id] : []));
    await expect(organization.groups.users.create(joined[0]!, { user_id: "user-a" })).rejects.toThrow(/already/);
    await organization.groups.delete(joined[0]!);
    await organization.groups.users.create(made[11]!, { user_id: "user-a" });
  });
});
