import { describe, expect, test } from "vitest";
import { controlTable } from "../../local/test/control-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { adminKeysCommand } from "./admin-keys-command.ts";
import { ControlTable } from "./control-table.ts";

/** The command against a real control table; `run` returns its output. */
async function cli(table?: string) {
  const control = await controlTable();
  const { store, endpoint, region, name } = control;
  const run = async (...args: string[]) => {
    const printed: string[] = [];
    const command = adminKeysCommand({
      print: (text) => printed.push(text),
      table: async () => ({ environment: "dev", table: "sluice-dev-keys", region, endpoint, plans: [] }),
      control: () =>
        new ControlTable({ region, endpoint, tables: { control: table ?? name, keys: "sluice-dev-keys" } }),
      now: () => new Date("2026-02-03T04:05:06Z"),
    });
    await command.parseAsync(args, { from: "user" });
    return printed.join("\n");
  };
  const identify = (text: string) => control.identify(text.split("\n")[0] ?? "");
  return { run, identify, store };
}

describe("sluice admin-keys create", () => {
  // documented: first-admin-key
  test("makes the organisation and its owner, and prints a key that works", async () => {
    const { run, identify, store } = await cli();
    const text = await run("create", "--email", "Ops@example.com");
    expect(text).toContain("of ops@example.com (owner) in the organisation default, environment dev.");
    const { organizationId, userId } = await identify(text);
    expect(organizationId).toBe("default");
    expect(await store.get("default", { kind: "user", ids: [userId] })).toMatchObject({ role: "owner" });
    const { records } = await store.list("default", { kind: "event", limit: 10 });
    expect(records.map(({ event }) => event.type).toSorted()).toEqual(["api_key.created", "user.added"]);
    expect(records[0]?.event.actor).toEqual({
      type: "session",
      session: { user: { id: userId, email: "ops@example.com" } },
    });
  });

  test("a second time makes another key of the same user, and no second organisation", async () => {
    const { run, identify, store } = await cli();
    const ids = [];
    for (let time = 0; time < 2; time++) ids.push(await identify(await run("create", "--email", "ops@example.com")));
    expect(ids[0]?.userId).toBe(ids[1]?.userId);
    expect(ids[0]?.keyId).not.toBe(ids[1]?.keyId);
    expect((await store.list("default", { kind: "user", limit: 10 })).records).toHaveLength(1);
    expect((await store.list("default", { kind: "organization", limit: 10 })).records).toHaveLength(1);
  });

  // documented: first-admin-key-scopes
  test("with --scope makes a key that may do no more than that", async () => {
    const { run, identify } = await cli();
    const text = await run("create", "--email", "ops@example.com", "--scope", "users.read,usage.read", "users.read");
    expect(text).toContain("It may do at most users.read, usage.read.");
    expect((await identify(text)).scopes).toEqual(new Set(["users.read", "usage.read"]));
    expect((await identify(await run("create", "--email", "ops@example.com"))).scopes).toBeUndefined();
  });

  test("twice at once makes one owner", async () => {
    const { run, store } = await cli();
    await Promise.all([1, 2, 3].map(() => run("create", "--email", "ops@example.com")));
    expect((await store.list("default", { kind: "user", limit: 10 })).records).toHaveLength(1);
    expect((await store.list("default", { kind: "adminKey", limit: 10 })).records).toHaveLength(3);
  });

  test("makes no key for a user whom the identity provider has deactivated, and no second user", async () => {
    const { run, store } = await cli();
    await run("create", "--email", "ops@example.com");
    const [id, email] = ["user-ann", "ann@example.com"];
    const user = { kind: "scimUser", version: 1, id, userName: email, role: "reader", userVersion: 1 } as const;
    await store.write("default", [
      { action: "create", record: { ...user, createdAt: 1, updatedAt: 1 } },
      { action: "create", record: { kind: "email", version: 1, email, ownerId: id } },
    ]);
    await expect(run("create", "--email", email)).rejects.toThrow(
      new UserError(`--email ${email}: the identity provider has deactivated this user; activate it there first.`),
    );
    expect((await store.list("default", { kind: "user", limit: 10 })).records).toHaveLength(1);
  });

  test("for an invited address accepts the invitation, with its role and its projects", async () => {
    const { run, identify, store } = await cli();
    await run("create", "--email", "ops@example.com");
    const email = "new@example.com";
    const projects = [{ id: "proj_1", role: "member" as const }];
    const invite = { kind: "invite", version: 1, id: "invite-1", email, role: "reader", projects } as const;
    await store.write("default", [
      { action: "create", record: { ...invite, createdAt: 1, expiresAt: 4_000_000_000 } },
      { action: "create", record: { kind: "email", version: 1, email, ownerId: "invite-1" } },
    ]);
    const { userId } = await identify(await run("create", "--email", email));
    expect(await store.get("default", { kind: "user", ids: [userId] })).toMatchObject({ role: "reader", email });
    expect(await store.get("default", { kind: "membership", ids: ["proj_1", userId] })).toMatchObject({
      role: "member",
    });
    expect(await store.get("default", { kind: "invite", ids: ["invite-1"] })).toMatchObject({ acceptedAt: 1770091506 });
    expect(await store.get("default", { kind: "email", ids: [email] })).toMatchObject({ ownerId: userId });
  });

  test.each([
    [["--email", "ops"], '--email must be an e-mail address, got "ops"; correct it.'],
    [["--email", "a@b.example", "--organization", "A#"], '--organization must be 1 to 40 of a-z, 0-9 and -, got "A#"'],
    [["--email", "a@b.example", "--scope", "users"], "--scope must be some of projects.read, "],
    [
      ["--email", "a@b.example", "--scope", ""],
      /^--scope must be some of projects.read, .*, got none; name one, or leave/,
    ],
    [["--email", "a@b.example", "--expires", "soon"], "--expires must be a time span"],
  ])("refuses %j with the rule, and stores nothing", async (args, message) => {
    const { run, store } = await cli();
    await expect(run("create", ...args)).rejects.toThrow(message);
    expect((await store.list("default", { kind: "user", limit: 10 })).records).toEqual([]);
  });

  test("names the setting where the environment has no control API", async () => {
    const { run } = await cli("sluice-other-control");
    const error = await run("create", "--email", "a@b.example").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain("set `api.controlApi: true` in its file and deploy it");
  });
});
