import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import type { LimitScope, SubjectLimits } from "../../contracts/limits/use-limit.ts";
import { StoredApiKey } from "../../contracts/processes/auth.ts";
import { isKeyLive } from "../../domain/keys/check-key.ts";
import { readSubjectLimits, subjectLimitsId, subjectLimitsUpdate } from "../../domain/limits/subject-limits.ts";
import { startDynamoTable } from "../test/dynamo-table.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const PROJECT = { scope: "project", subject: "proj_1" } as const;
const REQUESTS = { metric: "requests", window: "minute", max: 60 } as const;
const BUDGET = { metric: "nano_usd", window: "month", max: 5_000_000_000, timeZone: "Europe/Berlin" } as const;

async function setUp() {
  const client = await startDynamoTable("keys", "keyId");
  const TableName = "keys";
  const read = async (subject: { readonly scope: LimitScope; readonly subject: string } = PROJECT) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { keyId: subjectLimitsId(subject) } }));
    return readSubjectLimits(subject, Item);
  };
  const write = (limits: SubjectLimits, version: number) =>
    client.send(new UpdateCommand({ TableName, ...subjectLimitsUpdate(limits, version, NOW) }));
  const item = async () =>
    (await client.send(new GetCommand({ TableName, Key: { keyId: subjectLimitsId(PROJECT) } }))).Item;
  return { read, write, item };
}

test("the limits of a subject are read as they were written, and those of another subject are none", async () => {
  const { read, write } = await setUp();
  const models = { mode: "allow_list", models: ["tiny"] } as const;
  await write(
    { ...PROJECT, limits: [REQUESTS, { ...BUDGET, model: undefined }], models: { ...models, models: ["tiny"] } },
    0,
  );
  expect(await read()).toEqual({ ...PROJECT, version: 1, limits: [REQUESTS, BUDGET], models, isComplete: true });
  expect(await read({ scope: "user", subject: "proj_1" })).toBeUndefined();
});

test("a write replaces all of the limits and permissions of before", async () => {
  const { read, write } = await setUp();
  await write({ ...PROJECT, limits: [REQUESTS, BUDGET], models: { mode: "deny_list", models: ["tiny"] } }, 0);
  await write({ ...PROJECT, limits: [BUDGET] }, 1);
  expect(await read()).toEqual({
    ...PROJECT,
    version: 2,
    limits: [BUDGET],
    models: undefined,
    retention: undefined,
    isComplete: true,
  });
});

test("of two writes after one read the second one fails", async () => {
  const { read, write } = await setUp();
  await write({ ...PROJECT, limits: [REQUESTS] }, 0);
  await expect(write({ ...PROJECT, limits: [BUDGET] }, 0)).rejects.toThrow("conditional request failed");
  await write({ ...PROJECT, limits: [BUDGET] }, 1);
  await expect(write({ ...PROJECT, limits: [REQUESTS] }, 1)).rejects.toThrow("conditional request failed");
  expect(await read()).toMatchObject({ version: 2, limits: [BUDGET] });
});

test("readers that take every item for a key see one that is revoked", async () => {
  const { write, item } = await setUp();
  await write({ ...PROJECT, limits: [REQUESTS] }, 0);
  const key = StoredApiKey.parse(await item());
  expect(isKeyLive(key, NOW.getTime())).toBe(false);
});
