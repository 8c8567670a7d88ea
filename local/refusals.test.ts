import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { IssuerKeys } from "../domain/issuers/issuer-keys.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { keyChecksum } from "../domain/keys/api-key.ts";
import { ID_MARK } from "../domain/tenancy/changes.ts";
import {
  MAX_REFUSAL_EVENTS_PER_MINUTE,
  REFUSAL_PARTITIONS,
  type Refusal,
  refusalCountKey,
  UNKNOWN_ACTOR,
} from "../domain/tenancy/refusals.ts";
import { ExchangeStore } from "../lambdas/exchange-token/exchange-store.ts";
import { requestOf } from "../lambdas/exchange-token/received-request.ts";
import { serve } from "../lambdas/exchange-token/serve.ts";
import { RefusalStore, refusalRecorder } from "../lambdas/refusal-store.ts";
import { DynamoAuditTable } from "../lambdas/seal-audit/dynamo-audit-table.ts";
import { recordRepeatedRefusals } from "../lambdas/seal-audit/repeated-refusals.ts";
import { fetchDocument } from "../lib/http/fetch-document.ts";
import { all, controlServer } from "./test/control-server.ts";

const CONTROL = "sluice-dev-control";

/** Two organisations, of which one has a reader, and the operator's own. */
async function setUp() {
  const server = await controlServer();
  const { owner, store, sdk, url } = server;
  const [own, other, operator] = [await owner("org-a"), await owner("org-b"), await owner("default")];
  const project = await sdk(other).projects.create({ name: "theirs" });
  const send = (path: string, secret: string | undefined, address = "198.51.100.1", method = "GET") =>
    fetch(`${url}/organization/${path}`, {
      method,
      headers: {
        "x-forwarded-for": address,
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      },
      ...(method === "POST" ? { body: "{}" } : {}),
    });
  const demote = async () => {
    const [user] = (await store.list("org-a", { kind: "user", limit: 1 })).records;
    await store.write("org-a", [
      { action: "replace", record: { ...user!, role: "reader", version: user!.version + 1 }, version: user!.version },
    ]);
    return user!;
  };
  const stored = async (organizationId: string) =>
    (await store.list(organizationId, { kind: "event", limit: 100 })).records.map(({ event }) => event);
  const refusals = async (organizationId: string) =>
    (await stored(organizationId)).filter(({ type }) => type === "login.failed" || type === "access.denied");
  return { ...server, own, other, operator, project, send, demote, refusals };
}

describe("a refused call of the control API", () => {
  // documented: refusals-are-events
  test("for an id of another organisation is an event of the caller's, with who, what, from where, and both ids", async () => {
    const { own, project, send, sdk, lines, refusals } = await setUp();
    const response = await send(`projects/${project.id}`, own);
    expect(response.status).toBe(404);
    const { error } = (await response.json()) as { error: { decision_id: string } };
    const [event, ...more] = await all(sdk(own).auditLogs.list({ resource_ids: [project.id] }));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "access.denied",
      actor: { type: "api_key", api_key: { user: { email: "owner@org-a.example" } } },
      "access.denied": {
        id: project.id,
        error_code: "not_found",
        operation: "retrieveProject",
        rule: "not-in-the-organization",
        ip_address: "198.51.100.1",
        request_id: "req-1",
        decision_id: error.decision_id,
        count: 1,
      },
    });
    expect(lines.at(-1)).toMatchObject({ msg: "refused", decision_id: error.decision_id });
    expect(await refusals("org-b")).toEqual([]);
  });

  test("by role is an event with the rule that decided", async () => {
    const { own, send, demote, refusals } = await setUp();
    const user = await demote();
    expect((await send("projects", own, undefined, "POST")).status).toBe(403);
    expect(await refusals("org-a")).toMatchObject([
      {
        type: "access.denied",
        actor: { api_key: { user: { id: user.id } } },
        "access.denied": {
          id: "org-a",
          error_code: "permission_denied",
          operation: "createProject",
          rule: "no-role-permits:projects.write",
        },
      },
    ]);
  });

  test("with an unknown key is the operator's event, and a key's own organisation's where its secret is wrong", async () => {
    const { own, operator, send, sdk, refusals } = await setUp();
    const unknown = newAdminKey();
    const text = own.slice(0, -49) + "A".repeat(43); // another secret of the same key
    const wrong = text + keyChecksum(text);
    const before = (await all(sdk(own).adminAPIKeys.list()))[0]?.id;
    expect((await send("projects", unknown.secret)).status).toBe(401);
    expect((await send("users", wrong)).status).toBe(401);
    expect((await send("users", undefined)).status).toBe(401);
    const events = await all(sdk(operator).auditLogs.list({ event_types: ["login.failed"] }));
    expect(events.toReversed()).toMatchObject([
      {
        actor: UNKNOWN_ACTOR,
        "login.failed": {
          id: unknown.keyId,
          error_code: "invalid_api_key",
          operation: "GET /v1/organization/projects",
          ip_address: "198.51.100.1",
          request_id: "req-1",
          decision_id: expect.stringMatching(/^dec_/),
        },
      },
      { "login.failed": { id: "unknown", error_code: "missing_api_key" } },
    ]);
    expect(await refusals("org-a")).toMatchObject([
      { type: "login.failed", "login.failed": { id: before, error_code: "invalid_api_key" } },
    ]);
    expect(JSON.stringify([...events, ...(await refusals("org-a"))])).not.toContain(wrong.slice(-20));
  });

  test("that is permitted, or is wrong in itself, is none", async () => {
    const { own, send, refusals } = await setUp();
    expect((await send("projects", own)).status).toBe(200);
    expect((await send("projects?limit=0", own)).status).toBe(400);
    expect((await send("projects", own, undefined, "PUT")).status).toBe(405);
    expect((await send("nothing", own)).status).toBe(404);
    expect(await refusals("org-a")).toEqual([]);
  });

  test("stays a refusal where its event can't be stored, and the log says so", async () => {
    const lines: unknown[] = [];
    const record = refusalRecorder({ record: () => Promise.reject(new Error("no capacity")) }, (line) =>
      lines.push(line),
    );
    await record(refusalOf("192.0.2.1"), 1);
    expect(lines).toEqual([
      { level: "error", msg: "a refusal was not recorded", decision_id: "dec_1", reason: "Error: no capacity" },
    ]);
  });
});

describe("many refusals", () => {
  // documented: refusals-are-counted
  test("of one principal in a minute are ten events, and one with the count of the others once the minute is over", async () => {
    const { own, send, sdk, document, clock, refusals } = await setUp();
    clock.ms = Math.ceil(clock.ms / 60_000) * 60_000;
    for (let index = 0; index < MAX_REFUSAL_EVENTS_PER_MINUTE + 7; index++) await send(`projects/none-${index}`, own);
    expect(await refusals("org-a")).toHaveLength(MAX_REFUSAL_EVENTS_PER_MINUTE);
    await recordRepeatedRefusals(document, CONTROL, clock.ms + 59_000);
    expect(await refusals("org-a")).toHaveLength(MAX_REFUSAL_EVENTS_PER_MINUTE);
    await Promise.all([1, 2].map(() => recordRepeatedRefusals(document, CONTROL, clock.ms + 120_000)));
    const events = await refusals("org-a");
    expect(events.map((event) => event["access.denied"]?.count)).toEqual([
      ...Array<number>(MAX_REFUSAL_EVENTS_PER_MINUTE).fill(1),
      7,
    ]);
    clock.ms += 60_000;
    const later = await sdk(own).projects.create({ name: "after the refusals" });
    // The event of the count is made after it, and must not end a list of what is newer than the refusals.
    const query = { effective_at: { gt: events.at(-1)?.effective_at ?? 0 } };
    expect((await all(sdk(own).auditLogs.list(query))).map((event) => event["project.created"]?.id)).toEqual([
      later.id,
    ]);
    const chains = await new DynamoAuditTable(document, CONTROL).chains();
    const unsealed = chains.find(({ end }) => end.chain === "org-a")?.unsealed;
    expect(unsealed).toEqual(expect.arrayContaining(events.map(({ id }) => id)));
  });

  test("whose count a newer release has written hold up no other count", async () => {
    const { own, send, document, clock, refusals } = await setUp();
    for (let index = 0; index < MAX_REFUSAL_EVENTS_PER_MINUTE + 2; index++) await send(`projects/none-${index}`, own);
    const Item = {
      chain: "org-b",
      refusals: 2,
      lastMs: 1,
      record: { kind: "event", event: { type: "call.throttled" } },
    };
    for (const organizationId of REFUSAL_PARTITIONS) {
      const recordId = `repeated${ID_MARK}0${ID_MARK}newer`;
      await document.send(new PutCommand({ TableName: CONTROL, Item: { ...Item, organizationId, recordId } }));
    }
    const sealing = recordRepeatedRefusals(document, CONTROL, clock.ms + 120_000);
    await expect(sealing).rejects.toThrow(/can't read the refusals in repeated/);
    expect((await refusals("org-a")).at(-1)?.["access.denied"]?.count).toBe(2);
  });

  test("from ten thousand addresses are counted in 64 ranges, in partitions that no organisation shares", () => {
    const addresses = Array.from({ length: 10_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const keys = addresses.map((address) => refusalCountKey(refusalOf(address), 0));
    expect(new Set(keys.map(({ recordId }) => recordId)).size).toBe(64);
    expect([...new Set(keys.map(({ organizationId }) => organizationId))].toSorted()).toEqual(REFUSAL_PARTITIONS);
  });

  test("have texts of a caller that are bounded, and well-formed as the trail's JSON must be", async () => {
    const { document, clock, refusals } = await setUp();
    const long = { ...refusalOf("192.0.2.1").payload, id: `${"x".repeat(299)}😀`, error_message: "\ud800" };
    const store = new RefusalStore(document, { control: CONTROL, keys: "sluice-dev-keys" });
    await store.record({ ...refusalOf("192.0.2.1"), payload: long }, clock.ms);
    expect(await refusals("default")).toMatchObject([
      { "login.failed": { id: `${"x".repeat(299)}\ufffd`, error_message: "\ufffd" } },
    ]);
  });

  test("leave counts that DynamoDB deletes by their time", async () => {
    const { own, send, document } = await setUp();
    await send("projects/none", own);
    const items = await Promise.all(
      REFUSAL_PARTITIONS.map((partition) =>
        document.send(
          new QueryCommand({
            TableName: CONTROL,
            KeyConditionExpression: "organizationId = :partition",
            ExpressionAttributeValues: { ":partition": partition },
          }),
        ),
      ),
    );
    expect(items.flatMap(({ Items = [] }) => Items)).toMatchObject([{ refusals: 1, expireAt: expect.any(Number) }]);
  });
});

describe("a refused token exchange", () => {
  test("is an event of the operator's organisation, without the token", async () => {
    const { document, keys, clock, operator, sdk } = await setUp();
    const lines: Readonly<Record<string, unknown>>[] = [];
    const log = (line: Readonly<Record<string, unknown>>) => void lines.push(line);
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      subject_token: "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIn0.c2VjcmV0",
    };
    const event = {
      httpMethod: "POST",
      path: "/oauth/token",
      multiValueHeaders: {
        "content-type": ["application/x-www-form-urlencoded"],
        "x-forwarded-for": ["198.51.100.9"],
      },
      body: Buffer.from(new URLSearchParams(form).toString()).toString("base64"),
      isBase64Encoded: true,
    };
    const { statusCode } = await serve(requestOf(event, "load-balancer", "req-7"), {
      workloads: [],
      keys: new IssuerKeys({ read: fetchDocument, now: () => 0 }),
      store: new ExchangeStore(document, keys),
      recordRefusal: refusalRecorder(new RefusalStore(document, { control: CONTROL, keys }), log),
      log,
      wallClock: () => clock.ms,
    });
    expect(statusCode).toBe(400);
    const [refused, ...more] = await all(sdk(operator).auditLogs.list({ event_types: ["login.failed"] }));
    expect(more).toEqual([]);
    expect(refused).toMatchObject({
      actor: UNKNOWN_ACTOR,
      "login.failed": {
        error_code: "invalid_grant",
        operation: "POST /oauth/token",
        ip_address: "198.51.100.9",
        request_id: "req-7",
        decision_id: lines[0]?.decision_id,
      },
    });
    expect(JSON.stringify(refused)).not.toContain("eyJ");
  });
});

function refusalOf(address: string): Refusal {
  return {
    type: "login.failed",
    organizationId: "default",
    actor: UNKNOWN_ACTOR,
    countedBy: { address },
    payload: {
      id: "unknown",
      error_code: "invalid_api_key",
      error_message: "",
      operation: "GET /",
      rule: "invalid_api_key",
      request_id: "req-1",
      decision_id: "dec_1",
    },
  };
}
