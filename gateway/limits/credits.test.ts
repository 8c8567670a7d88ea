import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { creditCounter, quotaSeries, readCreditUse } from "../../domain/limits/credit-use.ts";
import { DynamoQuotaTable } from "../quotas/dynamo-quota-table.ts";
import { QuotaAccounts } from "../quotas/quota-accounts.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { LIMIT_NOW, startLimitedGateway, storedLimits } from "../test/limited-gateway.ts";
import { chat, post } from "../test/test-gateway.ts";

const PROJECT = { scope: "project", subject: "proj_1" } as const;
const TABLE = "test-usage";
/** What the engine counts, at 1,000 nano-dollars for a token of a prompt and 2,000 for one of a completion. */
const CHARGE = 1000 * 7 + 2000 * 4;
const EXPIRY = LIMIT_NOW / 1000 + 3600;

async function setUp() {
  const client = await startDynamoTable(TABLE, USAGE_TABLE.hashKey, USAGE_TABLE.rangeKey);
  const table = new DynamoQuotaTable({ client, tableName: TABLE });
  const quotas = new QuotaAccounts({ table, now: () => performance.now(), wallClock: () => LIMIT_NOW });
  const gateway = await startLimitedGateway({ quotaStore: quotas, engines: [{ tokens: 4, obeysMaxTokens: true }] });
  const key = gateway.keyed(undefined, PROJECT.subject);
  const send = (maxTokens = 4) =>
    post(gateway.url, "/v1/chat/completions", chat({ max_tokens: maxTokens }), key.headers);
  const useOf = async (id: string) => {
    const Key = { [USAGE_TABLE.hashKey]: quotaSeries(creditCounter(id)), [USAGE_TABLE.rangeKey]: "lifetime" };
    return readCreditUse((await client.send(new GetCommand({ TableName: TABLE, Key }))).Item ?? {});
  };
  return { ...gateway, quotas, key, send, useOf };
}

// documented: credit-in-the-gateway
test("a project uses its credit up, what expires first first, is refused by name then, and every nano-dollar is in the ledger", async () => {
  const { key, send, quotas, useOf } = await setUp();
  const credits = [
    { id: "soon", max: 10 * CHARGE + 5000, expiresAt: EXPIRY },
    { id: "never", max: 10 * CHARGE - 5000 },
  ];
  key.limit({ ...storedLimits(PROJECT, []), credits });
  let served = 0;
  let last = await send();
  for (; last.status === 200; last = await send()) served++;
  // The estimate of its prompt is above what is left for a twentieth.
  expect([served, last.status, last.headers.get("x-should-retry")]).toEqual([19, 429, "false"]);
  const { error } = (await last.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe("insufficient_quota");
  expect(error.message).toMatch(
    /^The project proj_1 has \$0\.0\d+ of prepaid credit left, and this request needs at least \$0\.\d+\. Ask your operator for more credit\.$/,
  );
  await quotas.close();
  const [soon, never] = [await useOf("soon"), await useOf("never")];
  expect([soon.used, never.used]).toEqual([10 * CHARGE + 5000, 9 * CHARGE - 5000]);
  for (const { used, days } of [soon, never]) expect([...days.values()].reduce((sum, one) => sum + one, 0)).toBe(used);
});

test("a subject whose grants are all gone is refused, and one that needs no credit is served", async () => {
  const { key, send } = await setUp();
  key.limit({ ...storedLimits(PROJECT, []), credits: [] });
  expect((await send()).status).toBe(429);
  key.limit({ ...storedLimits(PROJECT, []), credits: [{ id: "over", max: 10 * CHARGE, expiresAt: LIMIT_NOW / 1000 }] });
  expect((await send()).status).toBe(429);
  key.limit(storedLimits(PROJECT, []));
  expect((await send()).status).toBe(200);
});
