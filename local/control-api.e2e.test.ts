import { PutCommand } from "@aws-sdk/lib-dynamodb";
import OpenAI from "openai";
import { describe, expect, onTestFinished, test } from "vitest";
import { CreatedAdminApiKey } from "../contracts/control/admin-keys.ts";
import { UNLIMITED } from "../contracts/control/limits.ts";
import { Project } from "../contracts/control/objects.ts";
import { CreatedServiceAccount } from "../contracts/control/project-keys.ts";
import { UsageSummary } from "../contracts/control/usage.ts";
import { ServiceAlarms } from "../contracts/live/service-alarms.ts";
import { keysTableName } from "../contracts/processes/names.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { loadEnvironment } from "../environments/load.ts";
import type { Environment } from "../settings/environment.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");
const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };

/** The synthesized stacks with the control API, its function included, and the keys of an owner and of a project. */
async function started(api: Partial<Environment["api"]>) {
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const usage = { ...(dev.usage ?? expect.fail("dev has usage")), fileSeconds: 1 };
  const environment = { ...dev, usage, api: { ...dev.api, auth: "required" as const, controlApi: true, ...api } };
  const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
  const { apiUrl } = twin.runtime.settings;
  const { adminKey, document } = await stackOwner(twin);
  const key = createKey({ name: "job", plan: "standard", createdAt: new Date() });
  await document.send(new PutCommand({ TableName: keysTableName("dev"), Item: key.item }));
  const sdk = (secret: string) =>
    new OpenAI({ adminAPIKey: secret, apiKey: secret, baseURL: `${apiUrl}/v1`, maxRetries: 0 });
  const scim = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/scim+json" };
    const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${apiUrl}/scim/v2${path}`, sent);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>) };
  };
  return { sdk, scim, admin: sdk(adminKey), user: sdk(key.secret) };
}

const generate = (sdk: OpenAI) =>
  sdk.chat.completions.create({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }] });

describe.each<[string, Partial<Environment["api"]>]>([
  ["API Gateway", {}],
  ["a public load balancer", { entry: "alb", domain, usagePlans: {} }],
])("the control API behind %s", (_, api) => {
  // documented: control-api-in-the-stack
  test("serves the official SDK; admin keys use no models, and keys for models administer nothing", async () => {
    const { sdk, scim, admin, user } = await started(api);
    const { organization } = admin.admin;
    const project = Project.parse(await organization.projects.create({ name: "one" }));
    expect(await organization.projects.retrieve(project.id)).toEqual(project);
    const alarms = ServiceAlarms.parse(await admin.get("/organization/service_alarms")).alarms;
    expect(alarms.map(({ name }) => name)).toContain("sluice-dev-down");
    expect(alarms.filter(({ runbook }) => runbook === null)).toEqual([]);
    const events = await organization.auditLogs.list({ event_types: ["project.created", "user.added"] });
    expect(events.data.map(({ type }) => type)).toEqual(["project.created", "user.added"]);
    const second = CreatedAdminApiKey.parse(await organization.adminAPIKeys.create({ name: "second" }));
    await organization.adminAPIKeys.delete(second.id);
    await expect(organization.adminAPIKeys.retrieve(second.id)).rejects.toMatchObject({ status: 404 });
    await expect(organization.projects.create({ name: "" })).rejects.toMatchObject({
      status: 400,
      code: "invalid_request",
      requestID: expect.any(String),
    });
    const role = await organization.projects.roles.create(project.id, {
      role_name: "keys",
      permissions: ["api_keys.read"],
    });
    expect(await organization.projects.roles.retrieve(role.id, { project_id: project.id })).toEqual(role);
    const provisioned = await scim("POST", "/Users", { userName: "ann@example.com" });
    expect(provisioned).toMatchObject({ status: 201, body: { userName: "ann@example.com", active: true } });
    const { id = "" } = provisioned.body as { id?: string };
    const off = { Operations: [{ op: "replace", path: "active", value: false }] };
    expect(await scim("PATCH", `/Users/${id}`, off)).toMatchObject({ status: 200, body: { active: false } });
    const found = await scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ann@example.com"')}`);
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id, active: false }] });
    expect(await scim("DELETE", `/Users/${id}`)).toEqual({ status: 204, body: undefined });
    const { api_key: job } = await organization.projects.serviceAccounts.create(project.id, { name: "job" });
    const ofProject = sdk(job!.value);
    expect((await generate(ofProject)).choices).toHaveLength(1);
    const { rateLimits, modelPermissions, spendLimit } = organization.projects;
    const ofModel = { project_id: project.id, max_requests_per_1_minute: 0 };
    await rateLimits.updateRateLimit("rl-phi-3-mini", ofModel);
    await eventually(() => expect(generate(ofProject)).rejects.toMatchObject({ status: 429 }));
    expect((await generate(user)).choices).toHaveLength(1);
    await rateLimits.updateRateLimit("rl-phi-3-mini", { ...ofModel, max_requests_per_1_minute: UNLIMITED });
    await modelPermissions.update(project.id, { mode: "deny_list", model_ids: ["phi-3-mini"] });
    await eventually(() => expect(generate(ofProject)).rejects.toMatchObject({ status: 404 }));
    await modelPermissions.delete(project.id);
    await eventually(async () => expect((await generate(ofProject)).choices).toHaveLength(1));
    const budget = { currency: "USD", interval: "month", threshold_amount: 5000 } as const;
    expect(await spendLimit.update(project.id, budget)).toMatchObject(budget);
    const since = { start_time: Math.floor(Date.now() / 1000) - 60 };
    await eventually(
      async () => {
        const { data } = await organization.usage.completions({ ...since, group_by: ["project_id", "model"] });
        const results = data.flatMap((bucket) => bucket.results);
        const own = { project_id: project.id, model: "phi-3-mini", num_model_requests: expect.any(Number) };
        expect(results).toContainEqual(expect.objectContaining(own));
        const costs = await organization.usage.costs({ ...since, project_ids: [project.id] });
        expect(costs.data.flatMap((bucket) => bucket.results)).not.toEqual([]);
      },
      { timeoutMs: 30_000 },
    );
    const summary = await fetch(`${ofProject.baseURL.replace(/\/v1$/, "")}/api/usage/summary?months=1`, {
      headers: { authorization: `Bearer ${admin.adminAPIKey}` },
    });
    expect(UsageSummary.parse(await summary.json()).data).toHaveLength(1);
    for (const path of ["/api/keys/", "/api/keys"]) {
      const short = (method: string, below: string, body?: object) =>
        fetch(`${ofProject.baseURL.replace(/\/v1$/, "")}${path}${below}`, {
          method,
          headers: { authorization: `Bearer ${admin.adminAPIKey}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const made = await short("POST", "", { project_id: project.id, name: "short" });
      const { api_key: key } = CreatedServiceAccount.parse(await made.json());
      const gone = await short("DELETE", path.endsWith("/") ? `${key!.id}/` : `/${key!.id}`);
      expect([made.status, gone.status]).toEqual([200, 200]);
    }
    await organization.projects.archive(project.id);
    await eventually(() => expect(generate(ofProject)).rejects.toMatchObject({ status: 401 }));
    expect((await generate(user)).choices).toHaveLength(1);
    await expect(generate(admin)).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    await expect(user.admin.organization.projects.list()).rejects.toMatchObject({
      status: 401,
      code: "invalid_api_key",
    });
  });
});
