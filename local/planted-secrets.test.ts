import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { WebhookWithSecret } from "../contracts/notices/webhooks.ts";
import { NO_HASH } from "../domain/audit/chain-entry.ts";
import { ocsfOfEntry } from "../domain/audit/ocsf/ocsf-of-entry.ts";
import type { OcsfRecord } from "../domain/audit/ocsf/ocsf-record.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { newApiKey } from "../domain/keys/api-key.ts";
import { provide } from "../gateway/test/provider-fixture.ts";
import { isRecord } from "../lib/is-record.ts";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { BATCHES } from "./test/batch-storage.ts";
import { controlServer } from "./test/control-server.ts";
import { startTenantGateway } from "./test/tenants.ts";

const CHAT = "/v1/chat/completions";
const PROMPT = "planted-prompt-4f1c";
const PROVIDER_KEY = "sk-provider-planted-9a7e";

/** The names of the secrets that are in a text. */
const found = (text: string, secrets: Readonly<Record<string, string>>) =>
  Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

/** A gateway before a provider whose errors repeat the key and the prompt that it got. */
async function gatewayWithSecrets() {
  const provider = await provide({ key: PROVIDER_KEY });
  const metricLines: string[] = [];
  const gateway = await startTenantGateway({
    secrets: { secret: () => Promise.reject(new Error()), variable: () => PROVIDER_KEY },
    writeMetrics: (line) => metricLines.push(line),
    config: {
      providers: [providerConfig("a", provider.origin, { credential: { from: "environment" } })],
      routes: [routeConfig("chat", ["a/small"])],
    },
  });
  const { secret, call } = gateway.tenant();
  const wrong = newApiKey().secret;
  const send = (path: string, init: RequestInit = {}, key = secret) =>
    fetch(gateway.url + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...init.headers },
    });
  const secrets = { key: secret, wrong, prompt: PROMPT, providerKey: PROVIDER_KEY };
  return { ...gateway, provider, metricLines, call, send, wrong, secrets };
}

const message = { messages: [{ role: "user", content: PROMPT }] };

describe("a key, a prompt and a provider's key in requests to the gateway", () => {
  // documented: planted-secrets-gateway
  test("are in no log line, no metric and no error, whatever fails, and prompts are stored by files and responses alone", async () => {
    const { metricsUrl, logText, storage, provider, metricLines, call, send, wrong, secrets } =
      await gatewayWithSecrets();
    const errors: [string, Response][] = [];
    const fails = async (name: string, response: Promise<Response>) => errors.push([name, await response]);

    for (const stream of [false, true])
      for (const model of ["tiny", "chat"]) {
        const response = await call("POST", CHAT, { model, stream, ...message });
        expect(response.status).toBe(200);
        await response.text();
      }
    const stored = await call("POST", "/v1/responses", { model: "tiny", input: PROMPT });
    expect(stored.status).toBe(200);
    const form = new FormData();
    form.append("purpose", "batch");
    const line = { custom_id: "one", method: "POST", url: CHAT, body: { model: "tiny", ...message } };
    form.append("file", new File([JSON.stringify(line)], "requests.jsonl"));
    const file = (await (await call("POST", "/v1/files", form)).json()) as { id: string };
    const batch = { input_file_id: file.id, endpoint: CHAT, completion_window: "24h" };
    expect((await call("POST", "/v1/batches", batch)).status).toBe(200);

    const { prompt, ...keysAlone } = secrets;
    const ownKeys = Object.values(keysAlone).join(" ");
    const all = `${ownKeys} ${prompt}`;
    await fails("text that is no JSON", send(CHAT, { method: "POST", body: `{"model": "tiny", ${all}` }));
    const valid = { model: "tiny", ...message };
    await fails("a key as a field's value", call("POST", CHAT, { ...valid, temperature: secrets.key }));
    await fails("a key as a model", call("POST", CHAT, { ...valid, model: secrets.key }));
    await fails("a key as a response's id", call("GET", `/v1/responses/${secrets.key}`));
    await fails("a key as a field's name", call("POST", "/v1/batches", { [secrets.key]: 1 }));
    await fails("a field of a wrong type", call("POST", CHAT, { model: "tiny", messages: all }));
    await fails(
      "a wrong key",
      send(CHAT, { method: "POST", body: JSON.stringify({ model: "tiny", ...message }) }, wrong),
    );
    await fails("a key in the query", send(`/v1/nothing?key=${secrets.key}&prompt=${PROMPT}`));
    await fails("a key in the query of an endpoint", send(`/v1/files/file-none?api_key=${secrets.key}`));
    // A provider's 400 goes to the client whose prompt it is about: there the prompt may be, and no key.
    const echo = (text: string) => JSON.stringify({ error: { message: text, type: "invalid_request_error" } });
    for (const status of [400, 401, 403, 404, 429, 500])
      for (const stream of [false, true]) {
        provider.behaviour.fault = { status, body: echo(`Incorrect: ${status === 400 ? ownKeys : all}`) };
        await fails(`the provider's ${status}`, call("POST", CHAT, { model: "chat", stream, ...message }));
      }

    for (const [name, response] of errors) {
      expect(response.status, name).toBeGreaterThanOrEqual(400);
      const text = JSON.stringify([...response.headers]) + (await response.text());
      expect.soft(found(text, secrets), `${name}: ${text}`).toEqual([]);
    }
    expect(found(await (await fetch(metricsUrl)).text(), secrets)).toEqual([]);
    expect(found(metricLines.join("\n"), secrets)).toEqual([]);
    expect(logText()).toContain('"msg":"request"');
    expect(found(logText(), secrets)).toEqual([]);
    const { Items = [] } = await storage.dynamodb.send(new ScanCommand({ TableName: BATCHES.table }));
    expect(Items.length).toBeGreaterThan(0);
    expect(found(JSON.stringify(Items), keysAlone)).toEqual([]);
  });
});

/** The audit events of all organisations, as a SIEM gets them. */
async function ocsfRecords(document: DynamoDBDocumentClient): Promise<readonly OcsfRecord[]> {
  const { Items = [] } = await document.send(new ScanCommand({ TableName: "sluice-dev-control" }));
  return Items.map(({ record }) => eventOf(record))
    .filter((event) => event !== undefined)
    .map((event, index) => ocsfOfEntry({ chain: "org-a", seq: index + 1, previous: NO_HASH, event }));
}

function eventOf(record: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(record) && record.kind === "event" && isRecord(record.event) ? record.event : undefined;
}

describe("an admin key and a project's key in requests to the control API", () => {
  // documented: planted-secrets-control
  test("are shown when they are made, and are in no log line, audit event, error, list or table after that", async () => {
    const { document, keys, lines, url, owner, sdk, post } = await controlServer();
    const admin = await owner("org-a");
    const organization = sdk(admin);
    const made = await organization.adminAPIKeys.create({ name: "second" });
    const project = await organization.projects.create({ name: "search" });
    const account = await organization.projects.serviceAccounts.create(project.id, { name: "job" });
    const wrong = newAdminKey().secret;
    const secrets = {
      admin,
      made: (made as { value: string }).value,
      project: account.api_key?.value ?? "",
      wrong,
    };
    expect(Object.values(secrets).filter((secret) => !secret.startsWith("sk-"))).toEqual([]);
    const hook = await post("/organization/webhooks", admin, { url: "https://hooks.example.com/a" });
    // The table alone has it: each delivery is signed with it.
    const signing = { webhook: WebhookWithSecret.parse(await hook.json()).secret };

    const all = Object.values(secrets).join(" ");
    const get = (path: string, key = admin) => fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    const errors = {
      "text that is no JSON": await fetch(`${url}/organization/projects`, {
        method: "POST",
        headers: { authorization: `Bearer ${admin}` },
        body: `{"name": ${all}`,
      }),
      "a field of a wrong type": await post("/organization/projects", admin, { name: [all], [secrets.made]: all }),
      "a wrong key": await get("/organization/projects", wrong),
      "a key for models": await get("/organization/projects", secrets.project),
      "a key as a number in the query": await get(`/organization/projects?limit=${secrets.made}`),
      "a key as an id": await get(`/organization/projects/${secrets.made}`),
      "a key in the query of no endpoint": await get(`/organization/nothing?key=${secrets.made}`),
      "a key in the path of a wrong key": await get(`/organization/projects/${secrets.made}`, wrong),
      "a key as a subject of limits": await post(`/organization/limits/key/${secrets.made}`, admin, { limits: [] }),
      "a key as a time zone": await post(`/organization/limits/project/${project.id}`, admin, {
        limits: [{ metric: "requests", window: "day", max: 1, time_zone: secrets.made }],
      }),
      "a key as a rate limit": await post(
        `/organization/projects/${project.id}/rate_limits/${secrets.made}`,
        admin,
        {},
      ),
      "a key as a page of usage": await get(`/organization/costs?start_time=1&page=${secrets.made}`),
      "a key as a user's id in SCIM": await get(`/../scim/v2/Users/${secrets.made}`),
      "a key as a user's name in SCIM": await post("/../scim/v2/Users", admin, { userName: secrets.made }),
      "a key in a filter of SCIM": await get(`/../scim/v2/Users?filter=${secrets.made}`),
      "a key in a path of SCIM": await fetch(`${url}/../scim/v2/Users/${account.id}`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${admin}` },
        body: JSON.stringify({ Operations: [{ op: "replace", path: `${secrets.made}[`, value: 1 }] }),
      }),
    };
    for (const [name, response] of Object.entries(errors)) {
      expect(response.status, name).toBeGreaterThanOrEqual(400);
      const text = await response.text();
      expect.soft(found(text, secrets), `${name}: ${text}`).toEqual([]);
    }
    const everywhere = { ...secrets, ...signing };
    for (const list of ["admin_api_keys", "audit_logs", "projects", `projects/${project.id}/api_keys`, "webhooks"]) {
      const response = await get(`/organization/${list}`);
      expect(response.status, list).toBe(200);
      expect(found(await response.text(), everywhere), list).toEqual([]);
    }
    expect(found(JSON.stringify(lines), everywhere)).toEqual([]);
    const records = await ocsfRecords(document);
    expect(records.map(({ message }) => message)).toEqual(expect.arrayContaining(["login.failed", "webhook.created"]));
    expect(found(JSON.stringify(records), everywhere)).toEqual([]);
    for (const TableName of ["sluice-dev-control", keys]) {
      const { Items = [] } = await document.send(new ScanCommand({ TableName }));
      expect(Items.length, TableName).toBeGreaterThan(0);
      expect(found(JSON.stringify(Items), secrets), TableName).toEqual([]);
    }
  });
});
