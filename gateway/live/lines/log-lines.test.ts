import { describe, expect, onTestFinished, test } from "vitest";
import { LogLineList } from "../../../contracts/live/log-lines.ts";
import { createKey } from "../../../domain/keys/key-item.ts";
import { noRedisServer, startRedisServer } from "../../../test-support/redis-server.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { chat, post, startTestGateway } from "../../test/test-gateway.ts";
import type { LiveBus } from "../live-bus.ts";
import { ValkeyBus } from "../valkey-bus.ts";
import { RecentLines } from "./recent-lines.ts";
import { redact } from "./redact.ts";

const CHAT = "/v1/chat/completions";

async function start(liveBus?: LiveBus) {
  const gateway = await startTestGateway({ config: { auth: "required", requestsPerMinutePerIp: 1_000_000 }, liveBus });
  const keyOf = (scopes?: ("observe" | "logs" | "generate")[]) => {
    const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(), projectId: "proj_1" });
    gateway.keys.set(item.keyId, { ...item, ...(scopes && { scopes }) });
    return { keyId: item.keyId, authorization: `Bearer ${secret}` };
  };
  const [caller, reader] = [keyOf(), keyOf(["logs"])];
  const call = (query: string, { authorization } = reader) =>
    fetch(`${gateway.url}/admin/logs${query}`, { headers: { authorization } });
  const list = async (query = "") => LogLineList.parse(await (await call(query)).json());
  const send = async (fields: Readonly<Record<string, unknown>> = {}) => {
    const body = chat({ messages: [{ role: "user", content: "a secret prompt" }], ...fields });
    const response = await post(gateway.url, CHAT, body, { authorization: caller.authorization });
    await response.text();
    return response.headers.get("x-request-id") ?? expect.fail("no request id");
  };
  return { ...gateway, keyOf, caller, call, list, send };
}

describe("lines of the log", () => {
  // documented: log-lines
  test.skipIf(noRedisServer !== undefined)(
    "of two gateways are listed by either of them, by request, key, project, model, level, text and time, without prompts and keys",
    async () => {
      const redis = await startRedisServer();
      onTestFinished(() => redis.stop());
      const first = await start(new ValkeyBus(redis.url));
      const second = await start(new ValkeyBus(redis.url));
      const ids = [await first.send(), await second.send({ model: "gpt-9" })];
      const found = await eventually(async () => {
        const lines = await first.list("?text=req_");
        expect(lines).toMatchObject({ reach: "all-gateways", isComplete: true, hasMore: false });
        expect(lines.data).toHaveLength(2);
        return lines;
      });
      expect(found.data.map(({ fields }) => fields.requestId).toSorted()).toEqual(ids.toSorted());
      expect(new Set(found.data.map(({ gateway }) => gateway)).size).toBe(2);
      expect(JSON.stringify(found)).not.toMatch(/secret prompt|Bearer|sk-/);
      const requestIds = async (query: string) => {
        const { data } = await first.list(`?text=req_&${query}`);
        return data.map(({ fields }) => fields.requestId);
      };
      expect(await requestIds(`request=${ids[0]}`)).toEqual([ids[0]]);
      expect(await requestIds("model=gpt-9")).toEqual([ids[1]]);
      expect(await requestIds(`key=key_${second.caller.keyId}`)).toEqual([ids[1]]);
      expect(await requestIds("project=proj_1")).toHaveLength(2);
      expect(await requestIds("project=proj_2")).toEqual([]);
      expect(await requestIds("level=error")).toEqual([]);
      expect(await requestIds("until=2020-01-01T00:00:00Z")).toEqual([]);
      expect(await requestIds(`since=${encodeURIComponent(found.at)}`)).toEqual([]);
      expect(await first.list("?text=req_&limit=1")).toMatchObject({ hasMore: true, data: [{ level: "info" }] });
    },
  );

  test("have no successful reads of operators, but those that were refused", async () => {
    const { list, call, keyOf } = await start();
    await list();
    expect((await call("", keyOf(["observe"]))).status).toBe(403);
    expect((await call("", keyOf(["generate"]))).status).toBe(403);
    const { data } = await list("?text=/admin/logs");
    expect(data.map(({ fields }) => fields.status)).toEqual([403, 403]);
  });

  test.each([
    ["level=loud", "level", "must be one of debug, info"],
    ["limit=201", "limit", "must be 1 to 200"],
    ["since=yesterday", "since", "a time with its zone"],
    [`text=${"x".repeat(201)}`, "text", "at most 200 characters"],
  ])("are refused by the filter %s, which is named", async (query, param, message) => {
    const response = await (await start()).call(`?${query}`);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { param: string; message: string } };
    expect(error.param).toBe(param);
    expect(error.message).toContain(message);
  });
});

describe("the lines in memory", () => {
  const line = (fields: object) => `${JSON.stringify({ level: "info", time: 1, ...fields })}\n`;
  const numbers = (recent: RecentLines, limit = 10_000) =>
    recent.matching({ limit }, "g").lines.map(({ fields }) => fields.number);

  test("are the newest 2,000, and fewer where they are long", () => {
    const recent = new RecentLines(() => 0);
    for (let number = 0; number < 2500; number += 1) recent.add(line({ number, text: "x".repeat(20) }));
    expect(recent.matching({ limit: 1 }, "g")).toMatchObject({ hasMore: true, lines: [{ id: "g-2499" }] });
    expect(recent.matching({ limit: 5000, text: '"number":500,' }, "g").lines).toHaveLength(1);
    expect(recent.matching({ limit: 5000, text: '"number":499,' }, "g").lines).toHaveLength(0);
    for (let number = 0; number < 1000; number += 1) recent.add(line({ number, text: "x".repeat(7000) }));
    expect(recent.matching({ limit: 5000, text: '"number":0,' }, "g").lines).toHaveLength(0);
    expect(numbers(recent)[0]).toBe(999);
  });

  test("have the beginning of a line that is too long, and its request", () => {
    const recent = new RecentLines(() => 0);
    recent.add(line({ requestId: "req_1", msg: "request", failure: "x".repeat(100_000) }));
    const [found] = recent.matching({ limit: 1, request: "req_1" }, "g").lines;
    expect(found?.message).toBe("request");
    expect(JSON.stringify(found).length).toBeLessThan(9000);
  });

  test("show no key or token, and a filter can't find one", () => {
    const secrets = [
      `sk-sl-${"a".repeat(12)}-${"b".repeat(43)}`,
      "sk-proj-0123456789abcdefghij",
      "Bearer abcdefghijklmnop",
      "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
      "AKIAIOSFODNN7EXAMPLE",
      "X-Amz-Signature=0123456789abcdef",
    ];
    for (const secret of secrets) expect(redact(line({ text: `sent ${secret} away` }))).not.toContain(secret.slice(-8));
    const recent = new RecentLines(() => 0);
    recent.add(line({ text: secrets.join(" ") }));
    expect(JSON.stringify(recent.matching({ limit: 1 }, "g"))).toContain("[redacted]");
    expect(recent.matching({ limit: 1, text: "c2lnbmF0dXJl" }, "g").lines).toEqual([]);
  });
});
