import { describe, expect, test } from "vitest";
import { MAX_LIMITS_OF_SUBJECT } from "../contracts/limits/use-limit.ts";
import { KEY_CHANGES_ID } from "../contracts/processes/auth.ts";
import { all } from "./test/control-server.ts";
import { limited } from "./test/limited-organization.ts";

const UNLIMITED = Number.MAX_SAFE_INTEGER;
const REQUESTS = { metric: "requests", window: "minute", max: 60 } as const;
const ALERT = { metric: "tokens", window: "day", max: 5, action: "alert" } as const;
const BUDGET = { metric: "nano_usd", window: "month", max: 5_000_000_000, time_zone: "Europe/Berlin" } as const;

describe("limits of use in the control API", () => {
  // documented: control-limits
  test("are set for each kind of subject, and are what a gateway reads from the keys table, with a counted change", async () => {
    const { send, held, changes, project, account, keyId, userId } = await limited();
    const subjects = [
      ["organization", "organization", "org-a"],
      ["project", project.id, project.id],
      ["user", userId, userId],
      ["service_account", account.id, account.id],
      ["key", keyId, keyId.slice("key_".length)],
    ] as const;
    for (const [scope, id, inGateway] of subjects) {
      const before = await changes();
      const set = await send("POST", `/${scope}/${id}`, { limits: [REQUESTS, BUDGET, ALERT] });
      expect(set, scope).toMatchObject({ status: 200, etag: '"1"', body: { scope, subject_id: id } });
      expect(await changes()).toBe(before + 1);
      const { time_zone: timeZone, ...budget } = BUDGET;
      expect(await held(scope, inGateway)).toMatchObject({
        version: 1,
        isComplete: true,
        limits: [REQUESTS, { ...budget, timeZone }, ALERT],
      });
      expect((await send("GET", `/${scope}/${id}`)).body).toEqual(set.body);
    }
    const listed = await send("GET", "?limit=2");
    expect(listed.body).toMatchObject({ has_more: true, data: [{ scope: "key" }, { scope: "organization" }] });
    const rest = await send("GET", `?limit=9&after=${listed.body.last_id}`);
    expect(rest.body.data.map(({ scope }) => scope)).toEqual(["project", "service_account", "user"]);
    const { data } = (await send("GET", "?scope=service_account")).body;
    expect(data).toMatchObject([{ id: `limits-service_account-${account.id}`, subject_id: account.id }]);
  });

  test("are replaced as a whole, taken away, and set anew; subjects without any are not listed", async () => {
    const { send, held, project } = await limited();
    const path = `/project/${project.id}`;
    expect((await send("GET", path)).body).toMatchObject({ limits: [], updated_at: null });
    await send("POST", path, { limits: [REQUESTS, BUDGET] });
    await send("POST", path, { limits: [BUDGET] });
    expect((await held("project", project.id))?.limits).toHaveLength(1);
    expect((await send("DELETE", path)).body).toEqual({
      object: "organization.limits.deleted",
      id: `limits-project-${project.id}`,
      deleted: true,
    });
    expect(await held("project", project.id)).toMatchObject({ version: 3, limits: [] });
    expect((await send("GET", "")).body.data).toEqual([]);
    expect((await send("POST", path, { limits: [REQUESTS] })).etag).toBe('"4"');
  });

  test("change in the version alone that If-Match names, and leave an audit event each", async () => {
    const { send, organization, project } = await limited();
    const path = `/project/${project.id}`;
    const first = await send("POST", path, { limits: [REQUESTS] }, { "if-match": '"0"' });
    expect(first.status).toBe(200);
    expect((await send("POST", path, { limits: [] }, { "if-match": '"0"' })).status).toBe(412);
    expect((await send("DELETE", path, undefined, { "if-match": first.etag ?? "" })).status).toBe(200);
    const events = await all(organization.auditLogs.list({ resource_ids: [`limits-project-${project.id}`] }));
    expect(events.map(({ type }) => type)).toEqual(["limits.deleted", "limits.updated"]);
    expect(events[1]).toMatchObject({ "limits.updated": { changes_requested: { limits: [REQUESTS] } } });
  });

  test("that are sent at the same time are made one after the other, and the item and the record agree", async () => {
    const { send, held, project } = await limited();
    const sent = await Promise.all(
      Array.from({ length: 6 }, (_, max) => send("POST", `/project/${project.id}`, { limits: [{ ...REQUESTS, max }] })),
    );
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200));
    const stored = await held("project", project.id);
    expect(stored?.version).toBe(6);
    expect((await send("GET", `/project/${project.id}`)).body.limits).toEqual(stored?.limits);
  });

  test.each([
    ["concurrency in a minute", { ...REQUESTS, metric: "concurrency" }, "limits[0].window"],
    ["requests in the window now", { ...REQUESTS, window: "now" }, "limits[0].window"],
    ["money in a minute", { ...REQUESTS, metric: "nano_usd" }, "limits[0].window"],
    ["a time zone of a minute", { ...REQUESTS, time_zone: "Europe/Berlin" }, "limits[0].time_zone"],
    ["a time zone that there is not", { ...BUDGET, time_zone: "Moon/Sea" }, "limits[0].time_zone"],
    ["an alert of a minute", { ...REQUESTS, action: "alert" }, "limits[0].action"],
    ["a negative number", { ...REQUESTS, max: -1 }, "limits[0].max"],
    ["half a request", { ...REQUESTS, max: 0.5 }, "limits[0].max"],
    ["more than an integer can be", { ...REQUESTS, max: 2 ** 53 }, "limits[0].max"],
    ["an unknown metric", { ...REQUESTS, metric: "images" }, "limits[0].metric"],
  ])("with %s are refused with the field", async (_, limit, param) => {
    const { send, held, project } = await limited();
    const { status, body } = await send("POST", `/project/${project.id}`, { limits: [limit] });
    expect([status, body.error.code, body.error.param]).toEqual([400, "invalid_request", param]);
    expect(await held("project", project.id)).toBeUndefined();
  });

  test("are at most so many of one subject, and no two of one counter", async () => {
    const { send, project } = await limited();
    const many = Array.from({ length: MAX_LIMITS_OF_SUBJECT + 1 }, (_, index) => ({ ...REQUESTS, model: `m${index}` }));
    const path = `/project/${project.id}`;
    expect((await send("POST", path, { limits: many.slice(1) })).status).toBe(200);
    expect((await send("POST", path, { limits: many })).status).toBe(400);
    const twice = await send("POST", path, { limits: [REQUESTS, { ...REQUESTS, max: 5, action: "stop" }] });
    expect(twice).toMatchObject({ status: 400, body: { error: { param: "limits" } } });
  });

  test("of another organisation's subjects, and of none, are not found", async () => {
    const { send, owner, sdk, keyId } = await limited();
    const other = await sdk(await owner("org-b")).projects.create({ name: "other" });
    for (const path of [
      `/project/${other.id}`,
      "/user/user-none",
      "/service_account/svc_acct_none",
      "/key/key_aaaaaaaaaaaa",
      `/key/${keyId.slice(4)}`,
      "/organization/org-a",
      "/planet/organization",
      `/key/key_${KEY_CHANGES_ID}`,
    ]) {
      expect((await send("GET", path)).status, path).toBe(404);
      expect((await send("POST", path, { limits: [REQUESTS] })).status, path).toBe(404);
    }
  });

  test("of a key are not found by an organisation that the key's project is not of", async () => {
    const { url, owner, keyId, account } = await limited();
    const headers = { authorization: `Bearer ${await owner("org-b")}` };
    for (const path of [`key/${keyId}`, `service_account/${account.id}`])
      expect((await fetch(`${url}/organization/limits/${path}`, { headers })).status).toBe(404);
  });
});

// documented: limits-end-with-subject
test("the limits of a service account and of its keys are taken away with it, and those of others stay", async () => {
  const { organization, project, account, keyId, send, held } = await limited();
  const other = await organization.projects.serviceAccounts.create(project.id, { name: "other" });
  const paths = [`/service_account/${account.id}`, `/key/${keyId}`, `/service_account/${other.id}`];
  for (const path of paths) expect((await send("POST", path, { limits: [REQUESTS] })).status).toBe(200);
  await organization.projects.serviceAccounts.delete(account.id, { project_id: project.id });
  const statuses = await Promise.all(paths.map(async (path) => (await send("GET", path)).status));
  expect([statuses[0], statuses[2]]).toEqual([404, 200]);
  expect((await held("service_account", account.id))?.limits).toEqual([]);
  expect((await held("key", keyId.slice(4)))?.limits).toEqual([]);
  expect((await held("service_account", other.id))?.limits).toEqual([REQUESTS]);
  const listed = (await send("GET", "?limit=100")).body.data as unknown as { subject_id: string }[];
  expect(listed.map(({ subject_id: id }) => id)).toEqual([other.id]);
});

describe("a project's rate limits", () => {
  // documented: control-rate-limits
  test("are one row for each model; a field sets a limit, and the largest number takes it away", async () => {
    const { organization, project, held } = await limited();
    const { rateLimits } = organization.projects;
    const rows = await all(rateLimits.listRateLimits(project.id));
    const none = { max_requests_per_1_minute: UNLIMITED, max_tokens_per_1_minute: UNLIMITED };
    expect(rows).toEqual([
      { object: "project.rate_limit", id: "rl-chat", model: "chat", ...none },
      { object: "project.rate_limit", id: "rl-tiny", model: "tiny", ...none },
    ]);
    const project_id = project.id;
    await rateLimits.updateRateLimit("rl-tiny", {
      project_id,
      max_requests_per_1_minute: 60,
      max_requests_per_1_day: 9,
    });
    const row = await rateLimits.updateRateLimit("rl-tiny", { project_id, max_tokens_per_1_minute: 6000 });
    expect(row).toEqual({
      ...rows[1],
      max_requests_per_1_minute: 60,
      max_tokens_per_1_minute: 6000,
      max_requests_per_1_day: 9,
    });
    expect((await held("project", project.id))?.limits).toEqual([
      { metric: "requests", window: "minute", max: 60, model: "tiny" },
      { metric: "requests", window: "day", max: 9, model: "tiny" },
      { metric: "tokens", window: "minute", max: 6000, model: "tiny" },
    ]);
    await rateLimits.updateRateLimit("rl-tiny", { project_id, max_requests_per_1_minute: UNLIMITED });
    expect((await all(rateLimits.listRateLimits(project.id, { limit: 1 })))[1]).toMatchObject({
      max_requests_per_1_minute: UNLIMITED,
      max_tokens_per_1_minute: 6000,
    });
    const [event] = await all(organization.auditLogs.list({ resource_ids: ["rl-tiny"] }));
    expect(event).toMatchObject({ type: "rate_limit.updated", project: { id: project.id } });
  });

  test("leave other limits of the project as they are, and have a row for each model that these name", async () => {
    const { organization, project, send } = await limited();
    const added = { metric: "output_tokens", window: "hour", max: 5, model: "added-later" };
    await send("POST", `/project/${project.id}`, { limits: [BUDGET, added] });
    const { rateLimits } = organization.projects;
    await rateLimits.updateRateLimit("rl-added-later", { project_id: project.id, max_requests_per_1_minute: 1 });
    const { limits } = (await send("GET", `/project/${project.id}`)).body;
    expect(limits).toEqual([BUDGET, added, { ...REQUESTS, max: 1, model: "added-later" }]);
    const pages = rateLimits.listRateLimits(project.id, { after: "rl-added-later", limit: 1 });
    expect((await all(pages)).map(({ id }) => id)).toEqual(["rl-chat", "rl-tiny"]);
    const before = await rateLimits.listRateLimits(project.id, { before: "rl-tiny", limit: 1 });
    expect([before.data.map(({ id }) => id), before.has_more]).toEqual([["rl-chat"], true]);
  });

  test("of a model that there is not are not found, and fields that nothing would hold are refused by name", async () => {
    const { organization, project } = await limited();
    const { rateLimits } = organization.projects;
    const project_id = project.id;
    await expect(rateLimits.updateRateLimit("rl-none", { project_id })).rejects.toMatchObject({ status: 404 });
    await expect(
      rateLimits.updateRateLimit("rl-tiny", { project_id, batch_1_day_max_input_tokens: 5 }),
    ).rejects.toThrow(/batch_1_day_max_input_tokens/);
    await organization.projects.archive(project.id);
    await expect(rateLimits.updateRateLimit("rl-tiny", { project_id })).rejects.toThrow(/is archived/);
  });
});

describe("a project's model permissions", () => {
  // documented: control-model-permissions
  test("are set, read and deleted, beside its limits, and a gateway reads them from the keys table", async () => {
    const { organization, project, send, held } = await limited();
    const { modelPermissions } = organization.projects;
    await send("POST", `/project/${project.id}`, { limits: [REQUESTS] });
    await expect(modelPermissions.retrieve(project.id)).rejects.toThrow(/may use all models/);
    const set = await modelPermissions.update(project.id, { mode: "allow_list", model_ids: ["tiny", "tiny"] });
    expect(set).toEqual({ object: "project.model_permissions", mode: "allow_list", model_ids: ["tiny"] });
    expect(await modelPermissions.retrieve(project.id)).toEqual(set);
    expect(await held("project", project.id)).toMatchObject({
      limits: [REQUESTS],
      models: { mode: "allow_list", models: ["tiny"] },
    });
    await send("DELETE", `/project/${project.id}`);
    expect(await modelPermissions.retrieve(project.id)).toEqual(set);
    expect((await modelPermissions.delete(project.id)).deleted).toBe(true);
    expect((await held("project", project.id))?.models).toBeUndefined();
    await expect(modelPermissions.delete(project.id)).rejects.toMatchObject({ status: 404 });
  });
});
