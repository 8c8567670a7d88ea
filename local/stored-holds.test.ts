import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { accountTenant } from "../domain/erasure/erased-subject.ts";
import { readSubjectLimits, subjectLimitsId } from "../domain/limits/subject-limits.ts";
import { removeRecord } from "../domain/tenancy/changes.ts";
import { DynamoResponseStore } from "../gateway/responses/dynamo-response-store.ts";
import { USER } from "./test/erasure-server.ts";
import { heldServer, REASON } from "./test/held-server.ts";

const DAY_MS = 86_400_000;

/** The control API of a project with a member and another user, both of whom have stored a response. */
async function started() {
  const server = await heldServer();
  const { document, keys, clock, storeNames } = server;
  const responses = new DynamoResponseStore({
    client: document,
    tableName: storeNames.responses,
    ttlSeconds: 30 * 86_400,
    now: () => clock.ms,
  });
  const limitsOf = async (scope: "user" | "project", subject: string) => {
    const Key = { keyId: subjectLimitsId({ scope, subject }) };
    const { Item } = await document.send(new GetCommand({ TableName: keys, Key }));
    return readSubjectLimits({ scope, subject }, Item);
  };
  return { ...server, responses, limitsOf };
}

// documented: legal-hold-responses
test("stored responses of who is held do not expire and can't be deleted until the release, those of others as usual", async () => {
  const { tenant, otherTenant, responses, clock, run, hold, release, statuses } = await started();
  expect((await hold(USER)).status).toBe("in_progress");
  await run();
  expect(await statuses()).toEqual(["held"]);
  clock.ms += 60 * DAY_MS;
  expect(await responses.get(tenant, "resp_1")).toBeDefined();
  expect(await responses.get(otherTenant, "resp_1")).toBeUndefined();
  await expect(responses.delete(tenant, "resp_1")).rejects.toMatchObject({
    code: "legal_hold",
    message: expect.stringContaining(`legal hold on '${USER}'`),
  });
  await release(USER);
  await run();
  expect(await statuses()).toEqual([]);
  // Its time was over while it was held.
  expect(await responses.get(tenant, "resp_1")).toBeUndefined();
});

test("a response that two holds are for stays held until both are released, and its end is then the one of before", async () => {
  const { tenant, responses, items, storeNames, run, hold, release, project } = await started();
  const ends = async () =>
    (await items(storeNames.responses))
      .filter((item) => item.tenant === tenant)
      .map(({ expiresAt, heldExpiry, heldBy }) => ({
        expiresAt,
        heldExpiry,
        heldBy: heldBy && [...heldBy].toSorted(),
      }));
  const [before] = await ends();
  await hold(USER);
  await hold(project);
  await run();
  const held = { expiresAt: undefined, heldExpiry: before?.expiresAt };
  expect(await ends()).toEqual([{ ...held, heldBy: [project, USER].toSorted() }]);
  await release(USER);
  await run();
  expect(await ends()).toEqual([{ ...held, heldBy: [project] }]);
  await release(project);
  await run();
  expect(await ends()).toEqual([{ ...before, heldExpiry: undefined, heldBy: undefined }]);
  expect(await responses.delete(tenant, "resp_1")).toBe(true);
});

test("responses of a user that nothing leads to any more at the release are released all the same, stored before the hold and during it", async () => {
  const { responses, items, storeNames, clock, run, hold, release, statuses, project, store, tenant } = await started();
  await hold(project);
  await run();
  await responses.put("user:gone:user-gone", "resp_1", { response: { id: "resp_1" }, input: [] }, async () => ({
    heldBy: [project],
  }));
  // As long after the deletion, when its event is not among the newest ones.
  const member = await store.get("org-a", { kind: "membership", ids: [project, USER] });
  const user = await store.get("org-a", { kind: "user", ids: [USER] });
  for (const record of [member, user])
    if (record !== undefined) expect(await store.write("org-a", [removeRecord(record)])).toBe(true);
  await release(project);
  await run();
  expect(await statuses()).toEqual([]);
  clock.ms += 60 * DAY_MS;
  const left = await items(storeNames.responses);
  expect(left.filter(({ heldBy }) => heldBy !== undefined)).toEqual([]);
  expect(left.filter((item) => String(item.tenant).startsWith("held#"))).toEqual([]);
  expect(await responses.get(tenant, "resp_1")).toBeUndefined();
});

test("what had ended before a hold is not brought back by it", async () => {
  const { tenant, responses, clock, run, hold } = await started();
  clock.ms += 60 * DAY_MS;
  await hold(USER);
  await run();
  expect(await responses.get(tenant, "resp_1")).toBeUndefined();
});

test("a gateway learns of a hold from the limits of the subject, and what it stores then is held, and released with the rest", async () => {
  const { tenant, responses, limitsOf, run, hold, release, clock, send, project } = await started();
  await hold(project);
  expect((await limitsOf("project", project))?.isHeld).toBe(true);
  // Limits that are set meanwhile leave it as it is.
  const limits = { limits: [{ metric: "requests", window: "minute", max: 5 }] };
  expect((await send("POST", `/organization/limits/project/${project}`, limits)).status).toBe(200);
  expect(await limitsOf("project", project)).toMatchObject({ isHeld: true, limits: [{ max: 5 }] });
  await run();
  await responses.put(tenant, "resp_2", { response: { id: "resp_2" }, input: [] }, async () => ({ heldBy: [project] }));
  clock.ms += 60 * DAY_MS;
  expect(await responses.get(tenant, "resp_2")).toBeDefined();
  await release(project);
  expect(await limitsOf("project", project)).toMatchObject({ limits: [{ max: 5 }] });
  expect((await limitsOf("project", project))?.isHeld).toBeUndefined();
  await run();
  expect(await responses.get(tenant, "resp_2")).toBeUndefined();
});

test("a project's own retention gives held responses the end that they have after the hold", async () => {
  const { tenant, items, storeNames, run, hold, send, project } = await started();
  await hold(project);
  await run();
  await send("POST", `/organization/projects/${project}/retention`, { responses: 7 });
  await run();
  const stored = (await items(storeNames.responses)).filter((item) => item.tenant === tenant);
  expect(
    stored.map(({ expiresAt, heldExpiry, storedAt }) => [expiresAt, (Number(heldExpiry) - Number(storedAt)) / 86_400]),
  ).toEqual([[undefined, 7]]);
});

test("a hold that a release before placed is for the history alone until it is placed again", async () => {
  const { store, tenant, items, storeNames, run, hold, statuses, clock } = await started();
  const placed = { id: USER, subjectType: "user", reason: REASON, placedBy: "user-1", placedAt: 1, heldAt: 2 } as const;
  const record = { kind: "legalHolds", version: 1, id: "all", holds: [placed] } as const;
  await store.write("org-a", [{ action: "create", record: { ...record, holds: [...record.holds] } }]);
  const held = async () =>
    (await items(storeNames.responses)).flatMap((item) => (item.heldBy === undefined ? [] : [item.tenant]));
  clock.ms += 60_000;
  await run();
  expect([await statuses(), await held()]).toEqual([["held"], []]);
  expect((await hold(USER)).status).toBe("in_progress");
  await run();
  expect([await statuses(), await held()]).toEqual([["held"], [tenant]]);
});

test("a service account's hold is for its own responses", async () => {
  const { use, json, send, project, items, storeNames, hold, run } = await started();
  const path = `/organization/projects/${project}/service_accounts`;
  const { id } = await json<{ id: string }>(send("POST", path, { name: "job" }));
  await use(accountTenant(id), { type: "service_account", id });
  await hold(id);
  await run();
  const held = (await items(storeNames.responses)).filter(({ heldBy }) => heldBy !== undefined);
  expect(held.map((item) => item.tenant)).toEqual([accountTenant(id)]);
});
