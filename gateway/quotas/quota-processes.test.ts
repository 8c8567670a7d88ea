import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import type { QuotaCounter } from "../limits/quota-store.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { DynamoQuotaTable } from "./dynamo-quota-table.ts";

const TABLE = "test-usage";
const PROGRAM = join(import.meta.dirname, "..", "test", "quota-process.ts");
const LIFETIME = { window: "lifetime", expiresAt: undefined };

const counter = (name: string, max: number, amount: number): QuotaCounter => ({
  name,
  max,
  amount,
  window: "lifetime",
  timeZone: "UTC",
  isMoney: true,
});

async function start() {
  const client = await startDynamoTable(TABLE, USAGE_TABLE.hashKey, USAGE_TABLE.rangeKey);
  const endpoint = await client.config.endpoint?.();
  const url = `http://127.0.0.1:${endpoint?.port}`;
  /** Of each counter, what requests have used, and what those were granted that are not settled. */
  const used: number[] = [];
  const open = new Map<string, readonly number[]>();

  const read = (line: string) => {
    const [event, id = "", ...numbers] = line.split(" ");
    const amounts = numbers.map(Number);
    if (event === "grant") open.set(id, amounts);
    if (event !== "settle") return;
    open.delete(id);
    for (const [index, amount] of amounts.entries()) used[index] = (used[index] ?? 0) + amount;
  };
  const launch = (settings: object): ChildProcess => {
    const args = [PROGRAM, url, TABLE, JSON.stringify(settings)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", read);
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };
  const table = new DynamoQuotaTable({ client, tableName: TABLE });
  const counted = (name: string) => table.read({ name, ...LIFETIME });
  /** What was used at most: a killed process may have used all that its requests were granted. */
  const atMost = (index: number) =>
    [...open.values()].reduce((sum, amounts) => sum + (amounts[index] ?? 0), used[index] ?? 0);
  return { launch, counted, used, atMost };
}

// documented: quota-three-processes
test("three processes of 50 requests each never pass a quota together, and use at least 95 % of it", async () => {
  const { launch, counted, used, atMost } = await start();
  const counters = [counter("org", 2_000_000, 4_000), counter("key", 3_000_000, 4_000)];
  const settings = (seed: number) => ({ counters, concurrency: 50, refusals: 100, seed });
  const children = [1, 2, 3].map((seed) => launch(settings(seed)));
  await Promise.all(children.map((child) => once(child, "close")));
  expect(atMost(0)).toBe(used[0]);
  expect(used[0]).toBeLessThanOrEqual(2_000_000);
  expect(used[0]).toBeGreaterThanOrEqual(0.95 * 2_000_000);
  // What was returned is exact: nothing is counted that was not used.
  for (const [index, { name }] of counters.entries())
    expect(await counted(name)).toMatchObject({ drawn: used[index], used: used[index] });
});

// documented: quota-killed-processes
test("processes that are killed leave counted what they had drawn: no quota is passed, and little is lost", async () => {
  const { launch, counted, used, atMost } = await start();
  const MAX = 2_000_000;
  const settings = (seed: number) => ({ counters: [counter("org", MAX, 2_000)], concurrency: 50, refusals: 100, seed });
  for (let seed = 10; seed < 13; seed++) {
    const child = launch(settings(seed));
    await once(child.stdout!, "data");
    await sleep(200);
    child.kill("SIGKILL");
    await once(child, "close");
    expect((await counted("org")).drawn).toBeGreaterThanOrEqual(atMost(0));
  }
  const killed = atMost(0);
  const held = (await counted("org")).drawn - (used[0] ?? 0);
  // Of each killed process: the upper bounds of 50 requests, what waits to be returned, and a hundredth of the quota.
  expect(held).toBeLessThanOrEqual(3 * (2 * 50 * 2_000 + MAX / 100));
  expect(killed).toBeGreaterThan(0);
  const last = launch(settings(13));
  await once(last, "close");
  expect(atMost(0)).toBeLessThanOrEqual(MAX);
  expect((await counted("org")).drawn).toBeLessThanOrEqual(MAX);
  expect((await counted("org")).drawn).toBeGreaterThanOrEqual(0.99 * MAX);
});
