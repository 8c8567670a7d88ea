import { describe, expect, test } from "vitest";
import {
  CreatedServiceAccount,
  NewServiceAccountKey,
  ProjectApiKey,
  ServiceAccount,
} from "../contracts/control/project-keys.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { keyChangesReader } from "../gateway/keys/key-changes.ts";
import { keyUseWriter } from "../gateway/keys/key-use-writer.ts";
import { all, controlServer } from "./test/control-server.ts";

/** The control API with a project, and what gateways read of the keys table. */
async function started() {
  const { document, keys, owner, sdk, ...server } = await controlServer();
  const secret = await owner("org-a");
  const { projects } = sdk(secret);
  const project = await projects.create({ name: "search" });
  const store = new DynamoKeyStore({ client: document, tableName: keys });
  const stored = (key: string) => store.get(apiKeyId(key) ?? "");
  /** Why a gateway refuses a key, which it reads as it is now. */
  const refusal = async (key: string) => checkKey(key, await stored(key), { scope: "generate" }, server.clock.ms);
  const changes = keyChangesReader(document, keys);
  const use = (key: string, at: Date) => keyUseWriter(document, keys)(apiKeyId(key) ?? "", at);
  const account = async (projectId = project.id) =>
    CreatedServiceAccount.parse(await projects.serviceAccounts.create(projectId, { name: "job" }));
  return { ...server, secret, owner, sdk, projects, project, stored, refusal, changes, use, account };
}

describe("a service account", () => {
  // documented: service-account-keys
  test("is created with a key that uses models, belongs to the account and is shown once", async () => {
    const { account, project, projects, stored, refusal } = await started();
    const created = await account();
    const { value } = created.api_key!;
    expect(await refusal(value)).toBeUndefined();
    expect(await stored(value)).toMatchObject({
      owner: { type: "service_account", id: created.id },
      projectId: project.id,
      name: "job",
      plan: "standard",
    });
    const ids = { project_id: project.id };
    const { api_key: _, ...shown } = created;
    expect(ServiceAccount.parse(await projects.serviceAccounts.retrieve(created.id, ids))).toEqual(shown);
    const [key] = await all(projects.apiKeys.list(project.id));
    expect(ProjectApiKey.parse(key)).toMatchObject({
      id: created.api_key!.id,
      redacted_value: `${value.slice(0, 18)}...${value.slice(-4)}`,
      owner: { type: "service_account", service_account: { id: created.id, name: "job" } },
    });
    expect(JSON.stringify(key)).not.toContain(value.slice(-43));
  });

  test("can be made without a key, renamed, and gets further keys with an end", async () => {
    const { project, projects, refusal, clock } = await started();
    const { serviceAccounts } = projects;
    const made = await serviceAccounts.create(project.id, { name: "job", create_service_account_only: true });
    expect(made.api_key).toBeNull();
    const ids = { project_id: project.id };
    expect((await serviceAccounts.update(made.id, { ...ids, name: "night job" })).name).toBe("night job");
    expect((await all(serviceAccounts.list(project.id, { limit: 1 }))).map(({ name }) => name)).toEqual(["night job"]);
    const key = NewServiceAccountKey.parse(
      await serviceAccounts.apiKeys.create(made.id, { ...ids, expires_in_seconds: 60 }),
    );
    expect([key.name, await refusal(key.value)]).toEqual(["night job", undefined]);
    clock.ms = key.expires_at! * 1000;
    expect(await refusal(key.value)).toBe("invalid");
  });

  // documented: project-key-last-used
  test("has keys that show when a gateway stored their last use, each its own, and null before the first", async () => {
    const { account, project, projects, use } = await started();
    const [used, unused] = [(await account()).api_key!, (await account()).api_key!];
    const shown = async (id: string) =>
      ProjectApiKey.parse(await projects.apiKeys.retrieve(id, { project_id: project.id })).last_used_at;
    expect(await shown(used.id)).toBeNull();
    await use(used.value, new Date("2026-11-29T08:00:30.500Z"));
    expect([await shown(used.id), await shown(unused.id)]).toEqual([Date.UTC(2026, 10, 29, 8, 0, 30) / 1000, null]);
    const listed = await all(projects.apiKeys.list(project.id));
    expect(Object.fromEntries(listed.map(({ id, last_used_at }) => [id, last_used_at]))).toEqual({
      [used.id]: await shown(used.id),
      [unused.id]: null,
    });
  });

  test("has at most 20 keys, also when 24 are requested at once", async () => {
    const { project, projects } = await started();
    const { serviceAccounts } = projects;
    const { id } = await serviceAccounts.create(project.id, { name: "job", create_service_account_only: true });
    const create = () => serviceAccounts.apiKeys.create(id, { project_id: project.id });
    for (let count = 0; count < 18; count++) await create();
    const results = await Promise.allSettled(Array.from({ length: 6 }, create));
    expect(results.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(2);
    while ((await all(projects.apiKeys.list(project.id))).length < 20) await create();
    await expect(create()).rejects.toThrow(/at most 20 keys/);
  });

  test("that is deleted takes its keys with it, and gateways are told to read them again", async () => {
    const { account, project, projects, refusal, changes } = await started();
    const [gone, other] = [await account(), await account()];
    const second = await projects.serviceAccounts.apiKeys.create(gone.id, { project_id: project.id });
    const before = await changes();
    await projects.serviceAccounts.delete(gone.id, { project_id: project.id });
    expect(await Promise.all([gone.api_key!.value, second.value, other.api_key!.value].map(refusal))).toEqual([
      "invalid",
      "invalid",
      undefined,
    ]);
    expect(await changes()).toBe(before + 1);
    expect((await all(projects.apiKeys.list(project.id))).map(({ id }) => id)).toEqual([other.api_key!.id]);
  });
});

describe("a project's key", () => {
  // documented: project-key-scopes
  test("reads alone, or ends, or both, from the change of its scopes and end on, and does all again without scopes", async () => {
    const { account, project, projects, stored, refusal, clock, changes } = await started();
    const { id, value } = (await account()).api_key!;
    const update = (body: { scopes?: string[]; expires_in_seconds?: number }) =>
      projects.apiKeys.update(id, { project_id: project.id, ...body });
    const before = await changes();
    expect(ProjectApiKey.parse(await update({ scopes: ["api.all.read"] })).expires_at).toBeNull();
    const reads = async () => checkKey(value, await stored(value), { scope: "read" }, clock.ms);
    expect([await refusal(value), await reads()]).toEqual(["scope", undefined]);
    expect(await changes()).toBe(before + 1);
    const { expires_at: end } = await update({ expires_in_seconds: 60 });
    expect([await refusal(value), await reads()]).toEqual(["scope", undefined]);
    await update({ scopes: [] });
    expect(await refusal(value)).toBeUndefined();
    clock.ms = (end ?? 0) * 1000;
    expect(await refusal(value)).toBe("invalid");
    await expect(update({ scopes: [] })).rejects.toMatchObject({ status: 400, message: /has expired/ });
  });

  test.each([
    ["another scope than reading", { scopes: ["api.files.read"] }, "scopes[0]"],
    ["nothing", {}, "scopes"],
    ["an end that is past", { expires_in_seconds: 0 }, "expires_in_seconds"],
  ])("is not changed by %s", async (_, body, param) => {
    const { account, project, projects, refusal } = await started();
    const { id, value } = (await account()).api_key!;
    await expect(projects.apiKeys.update(id, { project_id: project.id, ...body })).rejects.toMatchObject({
      status: 400,
      param,
    });
    expect(await refusal(value)).toBeUndefined();
  });

  test("that is deleted is refused, and its audit events name the key and not its secret", async () => {
    const { account, project, projects, refusal, sdk, secret } = await started();
    const { id, value } = (await account()).api_key!;
    expect(await projects.apiKeys.delete(id, { project_id: project.id })).toEqual({
      object: "organization.project.api_key.deleted",
      id,
      deleted: true,
    });
    expect(await refusal(value)).toBe("invalid");
    await expect(projects.apiKeys.retrieve(id, { project_id: project.id })).rejects.toMatchObject({ status: 404 });
    const events = await all(sdk(secret).auditLogs.list({ project_ids: [project.id] }));
    expect(events.map(({ type }) => type)).toEqual([
      ...["access.denied", "api_key.deleted", "service_account.created", "project.created"],
    ]);
    expect(events[1]).toMatchObject({ "api_key.deleted": { id } });
    expect(JSON.stringify(events)).not.toContain(value.slice(-43));
  });

  test("is found neither in another project nor by another organisation", async () => {
    const { account, project, projects, owner, sdk } = await started();
    const { id, api_key } = await account();
    const other = await projects.create({ name: "other" });
    const foreign = sdk(await owner("org-b")).projects;
    for (const [api, project_id] of [
      [projects, other.id],
      [foreign, project.id],
    ] as const) {
      const missing = { status: 404, code: "not_found" };
      await expect(api.apiKeys.retrieve(api_key!.id, { project_id })).rejects.toMatchObject(missing);
      await expect(api.apiKeys.delete(api_key!.id, { project_id })).rejects.toMatchObject(missing);
      await expect(api.serviceAccounts.retrieve(id, { project_id })).rejects.toMatchObject(missing);
      await expect(api.serviceAccounts.delete(id, { project_id })).rejects.toMatchObject(missing);
    }
  });
});

describe("a project that is archived", () => {
  // documented: archived-project-keys
  test("loses all of its keys, more than one transaction holds, and gets no new ones", async () => {
    const { project, projects, refusal, account } = await started();
    const other = await projects.create({ name: "other" });
    const values: string[] = [];
    for (let count = 0; count < 5; count++) {
      const { id, api_key } = await account();
      values.push(api_key!.value);
      for (let more = 0; more < 8; more++)
        values.push((await projects.serviceAccounts.apiKeys.create(id, { project_id: project.id })).value);
    }
    const untouched = (await account(other.id)).api_key!.value;
    await projects.archive(project.id);
    expect(values).toHaveLength(45);
    expect(new Set(await Promise.all(values.map(refusal)))).toEqual(new Set(["invalid"]));
    expect(await refusal(untouched)).toBeUndefined();
    await expect(account()).rejects.toThrow(/is archived/);
  });

  test("has no key that works when keys are made at the same time", async () => {
    const { account, project, projects, refusal } = await started();
    const results = await Promise.allSettled([
      account(),
      account(),
      projects.archive(project.id),
      account(),
      account(),
    ]);
    const made = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const values = made.flatMap((one) => ("api_key" in one ? [one.api_key!.value] : []));
    expect(await Promise.all(values.map(refusal))).toEqual(values.map(() => "invalid"));
  });

  test("has its keys revoked by a second request when the first was cut off between", async () => {
    const { account, project, projects, refusal, store } = await started();
    const { value } = (await account()).api_key!;
    const record = await store.get("org-a", { kind: "project", ids: [project.id] });
    const archived = { ...record!, archivedAt: 1, version: record!.version + 1 };
    await store.write("org-a", [{ action: "replace", record: archived, version: record!.version }]);
    expect(await refusal(value)).toBeUndefined();
    await projects.archive(project.id);
    expect(await refusal(value)).toBe("invalid");
  });
});
