import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { CreditBalance, CreditEntryPage } from "../contracts/control/credits.ts";
import { MAX_CREDITS_OF_SUBJECT } from "../contracts/limits/use-limit.ts";
import { USAGE_TABLE } from "../contracts/usage/usage-counter.ts";
import { creditCounter, quotaSeries, usedOnDay } from "../domain/limits/credit-use.ts";
import { readSubjectLimits, subjectLimitsId } from "../domain/limits/subject-limits.ts";
import { all, controlServer } from "./test/control-server.ts";

interface Body {
  readonly id: string;
  readonly error: { readonly code: string; readonly param: string; readonly message: string };
}

async function setUp() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const project = await server.sdk(secret).projects.create({ name: "search" });
  const send = async (method: string, path: string, body?: unknown, key = secret) => {
    const response = await fetch(`${server.url}/organization/credits${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const path = `/project/${project.id}`;
  const grant = async (fields: object) => (await send("POST", path, fields)).body.id;
  const balance = async (of = path) => CreditBalance.parse((await send("GET", of)).body);
  const ledger = async () => CreditEntryPage.parse((await send("GET", `${path}/ledger?limit=100`)).body).data;
  /** The grants as a gateway reads them. */
  const held = async (scope: "organization" | "project", subject: string) => {
    const Key = { keyId: subjectLimitsId({ scope, subject }) };
    const { Item } = await server.document.send(new GetCommand({ TableName: server.keys, Key }));
    return readSubjectLimits({ scope, subject }, Item);
  };
  /** What gateways write of a request. */
  const use = (id: string, nanoUsd: number, at = server.clock.ms) =>
    server.document.send(
      new UpdateCommand({
        TableName: server.usageTable,
        Key: { [USAGE_TABLE.hashKey]: quotaSeries(creditCounter(id)), [USAGE_TABLE.rangeKey]: "lifetime" },
        UpdateExpression: "ADD #drawn :n, #used :n, #day :n",
        ExpressionAttributeNames: { "#drawn": "drawn", "#used": "used", "#day": usedOnDay(at) },
        ExpressionAttributeValues: { ":n": nanoUsd },
      }),
    );
  return { ...server, secret, project, send, path, grant, balance, ledger, held, use };
}

describe("credit", () => {
  // documented: control-credits
  test("is granted, used, revoked and ended, and each movement has two entries that sum to zero", async () => {
    const { clock, project, send, path, grant, balance, ledger, held, use, sdk, secret } = await setUp();
    expect(await balance()).toMatchObject({ is_required: false, balance_nano_usd: 0, credits: [] });
    const expires = Math.floor(clock.ms / 1000) + 100;
    const never = await grant({ amount_nano_usd: 2000, description: "invoice 7" });
    const soon = await grant({ amount_nano_usd: 1000, expires_at: expires });
    expect((await held("project", project.id))?.credits).toEqual([
      { id: soon, max: 1000, expiresAt: expires },
      { id: never, max: 2000 },
    ]);
    await use(soon, 300);
    expect(await balance()).toMatchObject({
      is_required: true,
      balance_nano_usd: 2700,
      credits: [
        { id: soon, used_nano_usd: 300, balance_nano_usd: 700, status: "active", expires_at: expires },
        { id: never, balance_nano_usd: 2000, description: "invoice 7", expires_at: null },
      ],
    });
    clock.ms += 100_000;
    expect(await balance()).toMatchObject({
      balance_nano_usd: 2000,
      credits: [{ id: never }, { id: soon, status: "expired" }],
    });
    await use(never, 500);
    const revoked = await send("POST", `${path}/${never}/revoke`);
    expect(revoked.body).toMatchObject({ status: "revoked", used_nano_usd: 500, balance_nano_usd: 0 });
    expect((await send("POST", `${path}/${never}/revoke`)).status).toBe(200);
    expect((await held("project", project.id))?.credits).toEqual([]);
    const entries = await ledger();
    const sums = Object.entries(Object.groupBy(entries, ({ account }) => account)).map(([account, of = []]) => [
      account,
      of.reduce((sum, { amount_nano_usd: amount }) => sum + amount, 0),
    ]);
    expect(Object.fromEntries(sums)).toEqual({
      funding: -3000,
      consumption: 800,
      breakage: 2200,
      [`credit:${soon}`]: 0,
      [`credit:${never}`]: 0,
    });
    await grant({ amount_nano_usd: 5 });
    expect((await send("DELETE", path)).body).toMatchObject({ deleted: true });
    expect(await balance()).toMatchObject({ is_required: false, balance_nano_usd: 0 });
    expect((await held("project", project.id))?.credits).toBeUndefined();
    const events = await all(sdk(secret).auditLogs.list({ limit: 100 }));
    expect(events.map(({ type }) => String(type)).filter((type) => type.startsWith("credit"))).toEqual([
      "credits.ended",
      "credit.granted",
      "credit.revoked",
      "credit.granted",
      "credit.granted",
    ]);
  });

  test("that requests used too much of is paid by the next grant", async () => {
    const { project, grant, balance, held, use, ledger } = await setUp();
    const first = await grant({ amount_nano_usd: 1000 });
    await use(first, 1040);
    const second = await grant({ amount_nano_usd: 1000 });
    expect(await balance()).toMatchObject({
      balance_nano_usd: 960,
      credits: [{ id: second }, { id: first, status: "used" }],
    });
    expect((await held("project", project.id))?.credits).toEqual([{ id: second, max: 960 }]);
    expect(
      (await ledger())
        .filter(({ type }) => type === "debt")
        .map(({ account, amount_nano_usd }) => [account, amount_nano_usd]),
    ).toEqual([
      [`credit:${second}`, -40],
      [`credit:${first}`, 40],
    ]);
  });

  test("and limits of a subject leave each other as they are, and releases without credit refuse the subject", async () => {
    const { url, secret, project, grant, held, send, path } = await setUp();
    const limits = [{ metric: "requests", window: "minute", max: 60 }];
    const setLimits = (method: string, body?: unknown) =>
      fetch(`${url}/organization/limits/project/${project.id}`, {
        method,
        headers: { authorization: `Bearer ${secret}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const id = await grant({ amount_nano_usd: 7 });
    expect((await setLimits("POST", { limits })).status).toBe(200);
    expect(await held("project", project.id)).toMatchObject({ limits, credits: [{ id }], isComplete: true });
    await setLimits("DELETE");
    expect(await held("project", project.id)).toMatchObject({ limits: [], credits: [{ id }] });
    await setLimits("POST", { limits });
    await send("DELETE", path);
    expect(await held("project", project.id)).toMatchObject({ limits, isComplete: true });
  });

  test("is listed by subject, the organisation first, in pages", async () => {
    const { send, grant, project, sdk, secret } = await setUp();
    const other = await sdk(secret).projects.create({ name: "other" });
    await grant({ amount_nano_usd: 5 });
    await grant({ amount_nano_usd: 6 });
    await send("POST", "/organization/organization", { amount_nano_usd: 7 });
    await send("POST", `/project/${other.id}`, { amount_nano_usd: 8 });
    const list = async (query: string) =>
      (await send("GET", query)).body as unknown as { data: CreditBalance[]; has_more: boolean; last_id: string };
    const whole = await list("?limit=3");
    expect(whole.data.map(({ subject_id: id, balance_nano_usd: left }) => [id, left])).toEqual([
      ["organization", 7],
      [project.id, 11],
      [other.id, 8],
    ]);
    const first = await list("?limit=1");
    expect([first.data.length, first.has_more]).toEqual([1, true]);
    const second = await list(`?limit=1&after=${first.last_id}`);
    expect(second.data.map(({ subject_id: id }) => id)).toEqual([project.id]);
    expect((await send("GET", "?after=nothing")).body.error.param).toBe("after");
  });

  test.each([
    ["an amount of nothing", { amount_nano_usd: 0 }, "amount_nano_usd"],
    ["a part of a nano-dollar", { amount_nano_usd: 1.5 }, "amount_nano_usd"],
    ["more than a number holds exactly", { amount_nano_usd: 2 ** 53 }, "amount_nano_usd"],
    ["an expiry in the past", { amount_nano_usd: 1, expires_at: 1_700_000_000 }, "expires_at"],
  ])("of %s is refused with the field", async (_, body, param) => {
    const { send, path, balance } = await setUp();
    const refused = await send("POST", path, body);
    expect([refused.status, refused.body.error.param]).toEqual([400, param]);
    expect((await balance()).credits).toEqual([]);
  });

  test("is granted to the organisation and projects alone, is not found by others, and not more at once than a request can draw from", async () => {
    const { send, owner, path, grant } = await setUp();
    const keyed = await send("POST", "/user/user-none", { amount_nano_usd: 1 });
    expect(keyed.status).toBe(404);
    const stranger = await owner("org-b");
    expect((await send("GET", path, undefined, stranger)).status).toBe(404);
    expect((await send("POST", path, { amount_nano_usd: 1 }, stranger)).status).toBe(404);
    for (let count = 0; count < MAX_CREDITS_OF_SUBJECT; count++) await grant({ amount_nano_usd: 1 });
    const tooMany = await send("POST", path, { amount_nano_usd: 1 });
    expect([tooMany.status, tooMany.body.error.message]).toEqual([400, expect.stringContaining("At most 20 grants")]);
    expect((await send("POST", `${path}/credit_none/revoke`)).status).toBe(404);
  });
});
