import { describe, expect, onTestFinished, test } from "vitest";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { QuotaAlert, QuotaCounter } from "../limits/quota-store.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { SharedQuotaTable } from "../test/shared-quota-table.ts";
import { DynamoQuotaTable } from "./dynamo-quota-table.ts";
import { QuotaAccounts } from "./quota-accounts.ts";
import type { QuotaTable } from "./quota-table.ts";

const budget = (amount: number, options: Partial<QuotaCounter> = {}): QuotaCounter => ({
  name: "project:p:nano_usd:month",
  max: 1_000_000,
  amount,
  window: "month",
  timeZone: "UTC",
  isMoney: true,
  ...options,
});

/** Three gateways, and the alerts that they report together. */
function gatewaysAt(table: QuotaTable) {
  const alerts: QuotaAlert[] = [];
  let ms = 0;
  const stores = [1, 2, 3].map(() => {
    const wallClock = () => Date.parse("2026-11-15T12:00:00Z") + ms;
    const store = new QuotaAccounts({ table, now: () => ms, wallClock });
    store.watch((alert) => alerts.push(alert));
    onTestFinished(() => store.close());
    return store;
  });
  const use = async (amount: number, options: Partial<QuotaCounter> = {}) => {
    await Promise.all(
      stores.map(async (store) => {
        const grant = await store.reserve([budget(amount, options)]);
        if (grant?.isGranted) grant.settle([amount]);
      }),
    );
    ms += 6000;
    await Promise.all(stores.map((store) => store.tend()));
  };
  return { alerts, use, percents: () => alerts.map(({ percent }) => percent) };
}

async function realTable(): Promise<QuotaTable> {
  const client = await startDynamoTable("test-usage", USAGE_TABLE.hashKey, USAGE_TABLE.rangeKey);
  return new DynamoQuotaTable({ client, tableName: "test-usage" });
}

describe.each([
  ["in memory", () => new SharedQuotaTable()],
  ["in DynamoDB", realTable],
])("budgets counted %s", (_where, table) => {
  test("of an address are not reported, as anybody can use them up", async () => {
    const { use, percents } = gatewaysAt(await table());
    for (let round = 0; round < 40; round++) await use(10_000, { name: "address:a:nano_usd:day", isReported: false });
    for (let round = 0; round < 20; round++) await use(10_000);
    await eventually(() => expect(percents()).toEqual([50]));
  });

  // documented: budget-alerts-once
  test("are reported at 50, 80, 90 and 100 %, each once for three gateways", async () => {
    const { alerts, use, percents } = gatewaysAt(await table());
    for (let round = 0; round < 31; round++) await use(10_000);
    await eventually(() => expect(percents()).toEqual([50, 80, 90]));
    for (let round = 0; round < 10; round++) await use(10_000);
    await eventually(() => expect(percents()).toEqual([50, 80, 90, 100]));
    expect(alerts[0]).toMatchObject({
      limit: "project:p:nano_usd:month",
      window: "2026-11",
      max: 1_000_000,
      isStop: true,
    });
    expect(alerts[0]?.used).toBeGreaterThanOrEqual(500_000);
  });

  test("are reported again for a higher limit, as after more credit was added", async () => {
    const { use, percents } = gatewaysAt(await table());
    for (let round = 0; round < 3; round++) await use(100_000);
    await eventually(() => expect(percents().at(-1)).toBe(90));
    for (let round = 0; round < 4; round++) await use(100_000, { max: 10_000_000 });
    expect(percents().at(-1)).toBe(90);
    await use(1_200_000, { max: 10_000_000 });
    await eventually(() => expect(percents().at(-1)).toBe(50));
  });

  test("of which too little is left for any request are reported as used up", async () => {
    const { use, percents } = gatewaysAt(await table());
    for (let round = 0; round < 3; round++) await use(400_000);
    await eventually(() => expect(percents()).toEqual([80, 100]));
  });
});

test("a limit that only reports is reported, and one of tokens that stops is not", async () => {
  const { alerts, use } = gatewaysAt(new SharedQuotaTable());
  await use(500_000, { isMoney: false });
  expect(alerts).toEqual([]);
  await use(500_000, { isMoney: false, isAlert: true });
  expect(alerts.map(({ percent, isStop }) => [percent, isStop])).toContainEqual([100, false]);
});

test("requests in progress that hold the rest of a budget are not taken for its use", async () => {
  const table = new SharedQuotaTable();
  const store = new QuotaAccounts({ table, now: () => performance.now(), wallClock: Date.now });
  onTestFinished(() => store.close());
  const alerts: QuotaAlert[] = [];
  store.watch((alert) => alerts.push(alert));
  await store.reserve([budget(1_000_000)]);
  expect((await store.reserve([budget(10)]))?.isGranted).toBe(false);
  expect(alerts).toEqual([]);
});
