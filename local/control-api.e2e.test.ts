import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import OpenAI from "openai";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { CreatedAdminApiKey } from "../contracts/control/admin-keys.ts";
import { Project } from "../contracts/control/objects.ts";
import { controlTableName, keysTableName } from "../contracts/processes/names.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { firstAdminKey } from "../domain/tenancy/first-admin-key.ts";
import { loadEnvironment } from "../environments/load.ts";
import { DynamoControlStore } from "../lambdas/administer/store/dynamo-control-store.ts";
import type { Environment } from "../settings/environment.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");
const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };

/** The synthesized stacks with the control API, its function included, and the keys of an owner and of a project. */
async function started(api: Partial<Environment["api"]>) {
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const environment = { ...dev, api: { ...dev.api, auth: "required" as const, controlApi: true, ...api } };
  const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
  const { apiUrl, awsUrl, region } = twin.runtime.settings;
  const client = new DynamoDBClient({ endpoint: awsUrl, region, credentials: LOCAL_CREDENTIALS });
  onTestFinished(() => client.destroy());
  const document = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const admin = newAdminKey();
  const none = { organization: undefined, email: undefined, user: undefined, invite: undefined };
  const request = { organizationId: "default", email: "owner@example.com", name: "first", nowMs: Date.now() };
  const store = new DynamoControlStore(document, { control: controlTableName("dev"), keys: keysTableName("dev") });
  expect(await store.write("default", firstAdminKey(none, request, admin).changes)).toBe(true);
  const key = createKey({ name: "job", plan: "standard", createdAt: new Date() });
  await document.send(new PutCommand({ TableName: keysTableName("dev"), Item: key.item }));
  const sdk = (secret: string) =>
    new OpenAI({ adminAPIKey: secret, apiKey: secret, baseURL: `${apiUrl}/v1`, maxRetries: 0 });
  return { sdk, admin: sdk(admin.secret), user: sdk(key.secret) };
}

const generate = (sdk: OpenAI) =>
  sdk.chat.completions.create({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }] });

describe.each<[string, Partial<Environment["api"]>]>([
  ["API Gateway", {}],
  ["a public load balancer", { entry: "alb", domain, usagePlans: {} }],
])("the control API behind %s", (_, api) => {
  // documented: control-api-in-the-stack
  test("serves the official SDK; admin keys use no models, and keys for models administer nothing", async () => {
    const { sdk, admin, user } = await started(api);
    const { organization } = admin.admin;
    const project = Project.parse(await organization.projects.create({ name: "one" }));
    expect(await organization.projects.retrieve(project.id)).toEqual(project);
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
    const { api_key: job } = await organization.projects.serviceAccounts.create(project.id, { name: "job" });
    const ofProject = sdk(job!.value);
    expect((await generate(ofProject)).choices).toHaveLength(1);
    await organization.projects.archive(project.id);
    await vi.waitFor(() => expect(generate(ofProject)).rejects.toMatchObject({ status: 401 }), { timeout: 10_000 });
    expect((await generate(user)).choices).toHaveLength(1);
    await expect(generate(admin)).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    await expect(user.admin.organization.projects.list()).rejects.toMatchObject({
      status: 401,
      code: "invalid_api_key",
    });
  });
});
