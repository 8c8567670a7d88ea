import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { appliedLimit } from "../../domain/limits/applied-limits.ts";
import { subjectLimitsUpdate } from "../../domain/limits/subject-limits.ts";
import { createTable } from "../../test-support/create-table.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { startProcess, withGatewayBundle } from "../test/gateway-process.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, post, testConfig } from "../test/test-gateway.ts";
import { DynamoQuotaTable } from "./dynamo-quota-table.ts";

withGatewayBundle();

const USAGE = "test-usage";
const KEYS = "test-keys";
/** What the fake provider counts, at 1,000 nano-dollars for a token of a prompt and 2,000 for one of a completion. */
const PROMPT_TOKENS = 7;
const COMPLETION_TOKENS = 4;
const CHARGE = 1000 * PROMPT_TOKENS + 2000 * COMPLETION_TOKENS;
/** 60 requests. */
const BUDGET = 60 * CHARGE;
const PROJECT = { scope: "project", subject: "proj_1" } as const;
const LIMIT = { metric: "nano_usd", window: "lifetime", max: BUDGET } as const;

async function start() {
  const provider = await provide({ tokens: COMPLETION_TOKENS });
  const client = await startDynamoTable(USAGE, USAGE_TABLE.hashKey, USAGE_TABLE.rangeKey);
  await createTable(client, {
    TableName: KEYS,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "keyId", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "keyId", AttributeType: "S" }],
  });
  const key = createKey({ name: "k", plan: "standard", createdAt: new Date(), projectId: PROJECT.subject });
  await client.send(new PutCommand({ TableName: KEYS, Item: key.item }));
  const update = subjectLimitsUpdate({ ...PROJECT, limits: [LIMIT] }, 0, new Date());
  await client.send(new UpdateCommand({ TableName: KEYS, ...update }));

  const endpoint = await client.config.endpoint?.();
  const config = testConfig({
    auth: "required",
    keysTable: KEYS,
    usageTable: USAGE,
    providers: [providerConfig("a", provider.origin)],
    routes: [routeConfig("chat", ["a/small"])],
  });
  const serve = async () => {
    const gateway = startProcess({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${endpoint?.port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      SLUICE_CONFIG: JSON.stringify(config),
      SLUICE_HOST: "127.0.0.1",
      SLUICE_PORT: "0",
      SLUICE_METRICS_PORT: "0",
    });
    const port = await eventually(
      () => /"port":(\d+).*"listening"/.exec(gateway.output())?.[1] ?? expect.fail(gateway.output()),
    );
    return { ...gateway, url: `http://127.0.0.1:${port}` };
  };
  const table = new DynamoQuotaTable({ client, tableName: USAGE });
  const { name } = appliedLimit(PROJECT, LIMIT);
  const counted = () => table.read({ name, window: "lifetime", expiresAt: undefined });
  const body = chat({
    model: "chat",
    max_tokens: 5,
    messages: [{ role: "user", content: "Tell me about sluices. ".repeat(5) }],
  });
  const send = (url: string) => post(url, "/v1/chat/completions", body, { authorization: `Bearer ${key.secret}` });
  return { serve, counted, send };
}

// documented: budget-of-gateways
test("a budget holds for three gateways together, one of which is killed, and is used up, refused and reported once", async () => {
  const { serve, counted, send } = await start();
  const [killed, ...gateways] = await Promise.all([serve(), serve(), serve()]);
  let charged = 0;
  const round = async (urls: readonly string[]) => {
    const responses = await Promise.all(urls.map(send));
    const statuses = responses.map(({ status }) => status);
    charged += CHARGE * statuses.filter((status) => status === 200).length;
    return { statuses, responses };
  };
  await round([killed.url, killed.url, ...gateways.map(({ url }) => url)]);
  killed.child.kill("SIGKILL");
  await killed.exit;
  expect((await counted()).drawn).toBeGreaterThanOrEqual(charged);

  const urls = gateways.flatMap(({ url }) => [url, url]);
  const refusals = await eventually(async () => {
    const { statuses, responses } = await round(urls);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(statuses).not.toContain(200);
    return responses;
  });
  expect(charged).toBeLessThanOrEqual(BUDGET);
  expect(charged).toBeGreaterThanOrEqual(0.8 * BUDGET);
  const refusal = await refusals[0]?.json();
  expect(refusal).toMatchObject({ error: { code: "insufficient_quota" } });

  // What gateways that stop return is exact; of the killed one, what it had drawn stays counted.
  for (const { child, exit } of gateways) {
    child.kill("SIGTERM");
    await exit;
  }
  const { drawn, used } = await counted();
  expect(drawn).toBeLessThanOrEqual(BUDGET);
  expect(drawn).toBeGreaterThanOrEqual(charged);
  expect(used).toBeGreaterThan(0);
  const reports = gateways.flatMap(({ output }) => output().match(/"percent":\d+/g) ?? []);
  expect(new Set(reports).size).toBe(reports.length);
  expect(reports.length).toBeGreaterThan(0);
});
