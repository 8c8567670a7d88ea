import { describe, expect, test, vi } from "vitest";
import { MAX_INVITE_PROJECTS } from "../contracts/control/objects.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { firstAdminKey } from "../domain/tenancy/first-admin-key.ts";
import { all, controlServer } from "./test/control-server.ts";

const long = "x".repeat(200_000);
const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field${index}`, 1]));
const invite = { email: "new@example.com", role: "reader" };

describe("the control API", () => {
  // documented: control-api-hostile-input
  test.each<[string, string, unknown, number]>([
    ["fields by the thousand", "/organization/projects", { name: "one", ...many }, 400],
    ["a field with a long name", "/organization/projects", { name: "one", [long]: 1 }, 400],
    [
      "a hundred wrong projects",
      "/organization/invites",
      { ...invite, projects: Array.from({ length: MAX_INVITE_PROJECTS }, () => many) },
      400,
    ],
    ["a long id in a list", "/organization/invites", { ...invite, projects: [{ id: long, role: "member" }] }, 400],
    ["a long id in a path", `/organization/projects/${"x".repeat(8000)}`, { name: "one" }, 404],
  ])("does not repeat %s in its error", async (_, path, body, status) => {
    const { owner, post } = await controlServer();
    const response = await post(path, await owner("org-a"), body);
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeLessThan(6000);
  });

  test.each<[string, object | string | undefined, string | null, string]>([
    [
      "POST /legal_holds",
      { subject_id: "proj_1", reason: "x" },
      "reason",
      '`reason` must have at least 10 characters, got "x"; send more.',
    ],
    ["POST /legal_holds", { subject_id: "proj_1" }, "reason", "`reason` is required, and must be a string; send it."],
    ["POST /projects", { name: "one", nmae: "x" }, "nmae", "`nmae` is not a field that is known there; remove it."],
    ["POST /projects", [], null, "The request must be an object, got a list of 0 items; send that type."],
    [
      "POST /admin_api_keys",
      '{"name": "k", "expires_in_seconds": 1e400}',
      "expires_in_seconds",
      "`expires_in_seconds` must be a finite whole number, at least 1 and at most ",
    ],
    ["POST /operator_keys", {}, null, "The request takes no body; leave it out."],
    [
      "POST /admin_api_keys",
      { name: "k", scopes: ["users"] },
      "scopes[0]",
      "`scopes[0]`: 'users' is no permission here; send some of",
    ],
    [
      "GET /costs?start_time=soon",
      undefined,
      "start_time",
      '`start_time` must be a whole number of 1 to 16 decimal digits without leading zeros, got "soon"; correct it.',
    ],
    [
      "GET /costs?start_time=",
      undefined,
      "start_time",
      '`start_time` must be a whole number of 1 to 16 decimal digits without leading zeros, got ""; correct it.',
    ],
    [
      "GET /projects?limit=1e1",
      undefined,
      "limit",
      '`limit` must be a whole number of 1 to 16 decimal digits without leading zeros, got "1e1"; correct it.',
    ],
    [
      "GET /audit_logs?effective_at[gt]=0x10",
      undefined,
      "effective_at[gt]",
      '`effective_at[gt]` must be a whole number of 1 to 16 decimal digits without leading zeros, got "0x10"; correct it.',
    ],
    [
      "GET /projects?limit=1&limit=2",
      undefined,
      "limit",
      "`limit` must come once in the query, got it 2 times; remove all but one.",
    ],
    [
      "GET /projects?limit=1&%6cimit=2",
      undefined,
      "limit",
      "`limit` must come once in the query, got it 2 times; remove all but one.",
    ],
    [
      "GET /costs?start_time=1&__proto__=1",
      undefined,
      "__proto__",
      "`__proto__` is not a field that is known there; remove it.",
    ],
    [
      "POST /projects",
      JSON.parse('{"name": "a", "__proto__": {"name": "b"}}'),
      "__proto__",
      "`__proto__` is not a field that is known there; remove it.",
    ],
    [
      "GET /usage/completions?start_time=1&group_by[]=project_id&group_by[]=moon",
      undefined,
      "group_by[1]",
      "`group_by[1]` must be one of project_id",
    ],
    ["GET /costs", undefined, "start_time", "`start_time` is required, and must be a number; send it."],
    [
      "GET /costs?start_time=1&amount=both",
      undefined,
      "amount",
      '`amount` must be one of charge, cost, got "both"; use one of these.',
    ],
  ])("refuses %s with %j by field, rule, value and remedy", async (request, body, param, message) => {
    const { owner, url } = await controlServer();
    const [method = "", path = ""] = request.split(" ");
    const headers = { authorization: `Bearer ${await owner("org-a")}`, "content-type": "application/json" };
    const response = await fetch(`${url}/organization${path}`, {
      method,
      headers,
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    const { error } = (await response.json()) as { error: { param: string | null; message: string } };
    expect([response.status, error.param]).toEqual([400, param]);
    expect(error.message).toContain(message);
  });

  test("refuses a name with half of a surrogate pair, which could be neither stored as UTF-8 nor sealed", async () => {
    const { owner, post, sdk } = await controlServer();
    const secret = await owner("org-a");
    const response = await post("/organization/projects", secret, { name: "a\ud800b" });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: expect.objectContaining({ param: "name", message: expect.stringContaining("surrogate pair") }) },
    ]);
    await sdk(secret).projects.create({ name: "a🙂b" });
    expect((await all(sdk(secret).projects.list())).map(({ name }) => name)).toEqual(["a🙂b"]);
  });

  test("takes an invitation to so many projects as one transaction can accept, each once", async () => {
    const { owner, sdk, store, clock } = await controlServer();
    const organization = sdk(await owner("org-a"));
    const projects: { id: string; role: "member" }[] = [];
    for (let index = 0; index <= MAX_INVITE_PROJECTS; index++)
      projects.push({ id: (await organization.projects.create({ name: `p${index}` })).id, role: "member" });
    const send = (list: typeof projects) =>
      organization.invites.create({ email: "new@example.com", role: "reader", projects: list });
    await expect(send(projects)).rejects.toMatchObject({ status: 400, param: "projects" });
    await expect(send([projects[0]!, projects[0]!])).rejects.toThrow(/must name each project once/);
    const { id } = await send(projects.slice(1));
    const [key, emailKey] = [
      { kind: "invite", ids: [id] },
      { kind: "email", ids: ["new@example.com"] },
    ] as const;
    const found = {
      organization: await store.get("org-a", { kind: "organization", ids: ["org-a"] }),
      email: await store.get("org-a", emailKey),
      user: undefined,
      invite: await store.get("org-a", key),
    };
    const request = { organizationId: "org-a", email: "new@example.com", name: "first", nowMs: clock.ms };
    const { changes, user } = firstAdminKey(found, request, newAdminKey());
    expect(await store.write("org-a", changes)).toBe(true);
    const last = { kind: "membership", ids: [projects.at(-1)?.id ?? "", user.id] } as const;
    expect(await store.get("org-a", last)).toMatchObject({ role: "member" });
  });

  test("reads a long audit log in few steps where a filter drops most of it, and stops where the wanted time begins", async () => {
    const { owner, sdk, store, clock } = await controlServer();
    const organization = sdk(await owner("org-a"));
    for (let index = 0; index < 150; index++) await organization.projects.create({ name: `p${index}` });
    const list = vi.spyOn(store, "listEvents");
    const deleted = organization.auditLogs.list({ limit: 1, event_types: ["project.archived"] });
    expect((await deleted).data).toEqual([]);
    expect(list.mock.calls.length).toBeLessThan(6);
    list.mockClear();
    const since = Math.ceil(clock.ms / 1000);
    clock.ms = 1000 * since;
    await organization.projects.create({ name: "new" });
    const newest = await all(organization.auditLogs.list({ limit: 1, effective_at: { gte: since } }));
    expect(newest).toHaveLength(1);
    expect(list.mock.calls.length).toBe(1);
    expect(await all(organization.auditLogs.list({ limit: 7 }))).toHaveLength(153);
  });
});
