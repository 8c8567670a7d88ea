import { expect, test } from "vitest";
import { BatchTable } from "../store/batch-table.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { sentAgain } from "../test/sent-again.ts";
import { type BatchItem, NO_COUNTS } from "./batch-items.ts";
import { BatchStore } from "./batch-store.ts";

const BATCH: BatchItem = {
  id: "batch_1",
  owner: "a",
  inputFileId: "file-1",
  inputKey: "files/a/file-1",
  endpoint: "/v1/chat/completions",
  status: "in_progress",
  outputSeconds: 86_400,
  createdAt: 1000,
  expiresAt: 90_000,
  total: 4,
  ...NO_COUNTS,
  attempts: 0,
};
const SLICE = { index: 0, start: 0, end: 10, firstLine: 1, lines: 2, attempts: 0 };

/** @param isSentAgain whether each conditional write arrives twice. @default false */
async function start({ isSentAgain = false } = {}) {
  const client = await startDynamoTable("batches", "pk", "sk");
  const table = new BatchTable({ client: isSentAgain ? sentAgain(client) : client, tableName: "batches" });
  const clock = { ms: 1_000_000 };
  const storeOf = (worker: string) =>
    new BatchStore({ table, now: () => clock.ms, worker, leaseMs: 30_000, maxOpenPerOwner: 2 });
  return { clock, table, one: storeOf("one"), other: storeOf("other") };
}

test("a batch that is planned twice has each slice once, with the lease that a process has on it", async () => {
  const { one, other } = await start();
  await one.create(BATCH);
  await one.addSlice(BATCH.id, SLICE);
  expect(await one.takeSlice(BATCH.id, SLICE)).toMatchObject({ attempts: 1 });
  await other.addSlice(BATCH.id, SLICE);
  expect(await other.takeSlice(BATCH.id, SLICE)).toBeUndefined();
  expect(await other.openSlices(BATCH.id, 10)).toMatchObject([{ leaseOwner: "one", attempts: 1 }]);
});

test("of many creations at once no more succeed than an owner may have open", async () => {
  const { one, other } = await start();
  const created = await Promise.all(
    Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : other).create({ ...BATCH, id: `batch_${index}` })),
  );
  expect(created.filter((isCreated) => isCreated)).toHaveLength(2);
});

test("of two processes that finish a slice one is the first, and its result stays", async () => {
  const { one, other } = await start();
  await one.create(BATCH);
  const result = { ...NO_COUNTS, expired: 0, completed: 2 };
  const first = await Promise.all([
    one.finishSlice(BATCH, SLICE, result),
    other.finishSlice(BATCH, SLICE, { ...result, completed: 1 }),
  ]);
  expect(first.filter((isFirst) => isFirst)).toHaveLength(1);
  expect(await one.results(BATCH.id)).toHaveLength(1);
  expect(await one.isDone(BATCH.id, SLICE)).toBe(true);
});

test("the rest of a slice is open before the slice is closed, also when the process died in between", async () => {
  const { clock, one, other } = await start();
  await one.create(BATCH);
  await one.addSlice(BATCH.id, SLICE);
  await one.takeSlice(BATCH.id, SLICE);
  const rest = { index: 1_000_002, start: 5, end: 10, firstLine: 2, lines: 1 };
  await one.finishSlice(BATCH, SLICE, { ...NO_COUNTS, expired: 0, completed: 1, rest: [rest] });
  expect(await one.openSlices(BATCH.id, 10)).toEqual([{ ...rest, attempts: 0 }]);
  // As a process leaves it that dies behind the result.
  await one.addSlice(BATCH.id, SLICE);
  await one.closeDone(BATCH.id, { ...SLICE, ...rest });
  clock.ms += 60_000;
  expect(await other.openSlices(BATCH.id, 10)).toMatchObject([{ index: 0 }]);
  await other.closeDone(BATCH.id, SLICE);
  expect(await other.openSlices(BATCH.id, 10)).toEqual([{ ...rest, attempts: 0 }]);
});

// documented: batch-changes-sent-again
test("a change that arrives twice, as its first response was cut off, is known by its process as its own", async () => {
  const { table, clock, one, other } = await start({ isSentAgain: true });
  expect(await one.create(BATCH)).toBe(true);
  const slots = await table.list("owner#a", { prefix: "slot#", limit: 10 });
  expect(slots).toHaveLength(1);
  expect(await one.change(BATCH, ["in_progress"], { status: "finalizing" })).toMatchObject({ status: "finalizing" });
  expect(await one.change(BATCH, ["in_progress"], { status: "cancelling" })).toBeUndefined();
  await one.addSlice(BATCH.id, SLICE);
  expect(await one.takeSlice(BATCH.id, SLICE)).toMatchObject({ attempts: 1, leaseOwner: "one" });
  expect(await other.takeSlice(BATCH.id, SLICE)).toBeUndefined();
  clock.ms += 1000;
  expect(await other.takeSlice(BATCH.id, SLICE)).toBeUndefined();
  const result = { ...NO_COUNTS, expired: 0, completed: 2, outputKey: "one.out" };
  expect(await one.finishSlice(BATCH, SLICE, result)).toBe(true);
  expect(await other.finishSlice(BATCH, SLICE, { ...result, outputKey: "other.out" })).toBe(false);
});
