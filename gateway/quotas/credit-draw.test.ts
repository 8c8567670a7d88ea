import { afterEach, describe, expect, test } from "vitest";
import type { QuotaCounter } from "../limits/quota-store.ts";
import { SharedQuotaTable } from "../test/shared-quota-table.ts";
import { QuotaAccounts } from "./quota-accounts.ts";

const NOON = Date.parse("2026-11-29T12:00:00Z");
const SECONDS = NOON / 1000;
const stores: QuotaAccounts[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

function setUp(table = new SharedQuotaTable()) {
  const clock = { ms: 0 };
  const open = () => {
    const store = new QuotaAccounts({ table, now: () => clock.ms, wallClock: () => NOON + clock.ms });
    stores.push(store);
    return store;
  };
  return { clock, table, open };
}

const GRANTS = [
  { id: "soon", max: 1000, expiresAt: SECONDS + 60 },
  { id: "later", max: 2000, expiresAt: SECONDS + 3600 },
  { id: "never", max: 500 },
];
const credit = (amount: number, least = amount, credits: QuotaCounter["credits"] = GRANTS): QuotaCounter => ({
  name: "project:proj_1:credit",
  window: "lifetime",
  timeZone: "UTC",
  max: 3500,
  amount,
  least,
  isMoney: true,
  credits,
});
const usedOf = ({ used }: SharedQuotaTable) =>
  ["soon", "later", "never"].map((id) => used.get(`credit:${id} lifetime`) ?? 0);

describe("credit is drawn from grants in their order", () => {
  // documented: credit-burn-down
  test("so that a request is granted from the next one what the first one lacks, and its use counts in the first one first", async () => {
    const { table, open } = setUp();
    const store = open();
    const first = await store.reserve([credit(900)]);
    if (!first?.isGranted) return expect.fail("refused");
    first.settle([800]);
    const second = await store.reserve([credit(700)]);
    if (!second?.isGranted) return expect.fail("refused");
    expect(second.amounts).toEqual([700]);
    second.settle([450]);
    await store.close();
    expect(usedOf(table)).toEqual([1000, 250, 0]);
  });

  test("and not from one that has expired", async () => {
    const { clock, table, open } = setUp();
    const store = open();
    clock.ms = 60_000;
    const grant = await store.reserve([credit(100)]);
    if (!grant?.isGranted) return expect.fail("refused");
    grant.settle([100]);
    await store.close();
    expect(usedOf(table)).toEqual([0, 100, 0]);
  });

  test("a request gets what is left of all together, where that is enough, and else nothing is held", async () => {
    const { table, open } = setUp();
    const store = open();
    const all = await store.reserve([credit(9000, 3500)]);
    if (!all?.isGranted) return expect.fail("refused");
    expect(all.amounts).toEqual([3500]);
    const refusal = await store.reserve([credit(10, 1)]);
    expect(refusal).toMatchObject({ isGranted: false, left: 0, resetMs: Number.POSITIVE_INFINITY });
    all.settle([3000]);
    expect(await store.reserve([credit(900, 501)])).toMatchObject({ isGranted: false });
    const rest = await store.reserve([credit(900, 500)]);
    if (!rest?.isGranted) return expect.fail("refused");
    expect(rest.amounts).toEqual([500]);
    rest.settle([500]);
    await store.close();
    expect(usedOf(table)).toEqual([1000, 2000, 500]);
    expect([...table.drawn.values()].reduce((sum, one) => sum + one, 0)).toBe(3500);
  });

  test("and without any grant every request that costs something is refused", async () => {
    const { open } = setUp();
    expect(await open().reserve([credit(1, 1, [])])).toMatchObject({ isGranted: false, left: 0 });
    expect(await open().reserve([credit(0, 0, [])])).toMatchObject({ isGranted: true });
  });
});

// documented: credit-never-passed
test("three gateways with 50 requests at once each never use more than a grant, and use at least 95 % of all", async () => {
  const { table, open } = setUp();
  const grants = [
    { id: "soon", max: 300_000, expiresAt: SECONDS + 60 },
    { id: "later", max: 500_000, expiresAt: SECONDS + 3600 },
    { id: "never", max: 200_000 },
  ];
  let spent = 0;
  const gateways = [open(), open(), open()];
  const client = async (store: QuotaAccounts) => {
    for (let refusals = 0; refusals < 3; ) {
      const grant = await store.reserve([credit(1500, 300, grants)]);
      if (!grant?.isGranted) {
        refusals++;
        await store.tend();
        continue;
      }
      await Promise.resolve();
      const used = Math.min(grant.amounts[0] ?? 0, 300 + (spent % 1100));
      spent += used;
      grant.settle([used]);
    }
  };
  await Promise.all(gateways.flatMap((store) => Array.from({ length: 50 }, () => client(store))));
  await Promise.all(gateways.map((store) => store.close()));
  const used = usedOf(table);
  expect(used.reduce((sum, one) => sum + one, 0)).toBe(spent);
  for (const [index, { max }] of grants.entries()) expect(used[index]).toBeLessThanOrEqual(max);
  expect(spent).toBeGreaterThanOrEqual(0.95 * 1_000_000);
});
