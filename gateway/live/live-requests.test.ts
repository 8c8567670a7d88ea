import { describe, expect, onTestFinished, test } from "vitest";
import { LiveRequestList } from "../../contracts/live/live-requests.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { chat, errorOf, eventsOf, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";
import type { LiveBus } from "./live-bus.ts";
import { ThreadBus } from "./thread-bus.ts";
import { ValkeyBus } from "./valkey-bus.ts";

const CHAT = "/v1/chat/completions";
/** Of an engine that would send for minutes. */
const ENDLESS = { tokens: 100_000, intervalMs: 250 };
const PATIENT = { firstByteSeconds: 60, totalSeconds: 600, idleSeconds: 60 };

/** A gateway with a key for models of a project, and an operator's. */
async function start(liveBus: LiveBus | undefined, options: TestGatewayOptions = {}) {
  const gateway = await startTestGateway({
    config: { auth: "required", timeouts: PATIENT, requestsPerMinutePerIp: 1_000_000 },
    engines: [ENDLESS],
    model: { maxRequestsPerEngine: 500 },
    ...options,
    liveBus,
  });
  const keyOf = (more: { readonly scopes?: ["admin"] } = {}) => {
    const made = createKey({ name: "k", plan: "standard", createdAt: new Date(), projectId: "proj_1" });
    gateway.keys.set(made.item.keyId, { ...made.item, ...more });
    return { keyId: made.item.keyId, authorization: `Bearer ${made.secret}` };
  };
  const caller = keyOf();
  const operator = keyOf({ scopes: ["admin"] });
  const admin = (method: string, path: string, { authorization } = operator) =>
    fetch(`${gateway.url}/admin/requests${path}`, { method, headers: { authorization } });
  const list = async () => LiveRequestList.parse(await (await admin("GET", "")).json());
  const stop = (id: string) => admin("POST", `/${encodeURIComponent(id)}/stop`);
  const begin = async (fields: Readonly<Record<string, unknown>> = {}) => {
    const leaving = new AbortController();
    onTestFinished(() => leaving.abort());
    const { authorization } = caller;
    const body = chat({ stream: true, messages: [{ role: "user", content: "a secret prompt" }], ...fields });
    return post(gateway.url, CHAT, body, { authorization }, { signal: leaving.signal });
  };
  const lines = (of: Readonly<Record<string, unknown>>) =>
    gateway.log().filter((line) => Object.entries(of).every(([name, value]) => line[name] === value));
  return { ...gateway, caller, operator, admin, list, stop, begin, lines };
}

const idOf = (response: Response) => response.headers.get("x-request-id") ?? expect.fail("no request id");

describe("requests in progress", () => {
  // documented: live-requests
  test.skipIf(noRedisServer !== undefined)(
    "of three gateways are listed by any of them, 500 streams at once, and one is stopped through another gateway",
    { timeout: 180_000 },
    async () => {
      const redis = await startRedisServer();
      onTestFinished(() => redis.stop());
      const gateways = await Promise.all([1, 2, 3].map(() => start(new ValkeyBus(redis.url))));
      const [first, second, third] = gateways;
      if (first === undefined || second === undefined || third === undefined) throw new Error("three were started");
      await eventually(async () => expect((await first.list()).gateways).toHaveLength(3));
      const streams: Response[] = [];
      // All of it runs in one process, in which an engine's health check may take too long: its gateway then refuses for a moment.
      while (streams.length < 500) {
        const some = Array.from({ length: 50 }, (_, index) => (streams.length + index) % 3);
        const begun = some.map((index) =>
          eventually(
            async () => {
              const response = (await [first, second, third][index]?.begin()) ?? expect.fail();
              expect(response.status).toBe(200);
              return response;
            },
            { timeoutMs: 60_000 },
          ),
        );
        streams.push(...(await Promise.all(begun)));
      }
      const listed = await eventually(
        async () => {
          const found = await first.list();
          expect(found).toMatchObject({ reach: "all-gateways", isComplete: true });
          expect(found.data.filter(({ completionTokens }) => completionTokens > 0)).toHaveLength(500);
          return found;
        },
        { timeoutMs: 60_000 },
      );
      expect(listed.gateways.map(({ inProgress }) => inProgress).toSorted()).toEqual([166, 167, 167]);
      expect(new Set(listed.data.map(({ id }) => id))).toEqual(new Set(streams.map(idOf)));
      expect(JSON.stringify(listed)).not.toMatch(/secret prompt|Bearer|sk-/);
      expect(listed.data.find(({ id }) => id === idOf(streams[1] ?? expect.fail()))).toMatchObject({
        endpoint: CHAT,
        model: "tiny",
        target: "tiny",
        keyId: second.caller.keyId,
        projectId: "proj_1",
        stream: true,
        attempts: 1,
        firstTokenMs: expect.any(Number),
      });

      // The fifth stream is the second gateway's; the third one is asked to stop it.
      const stopped = streams[4] ?? expect.fail();
      const id = idOf(stopped);
      expect(await (await third.stop(id)).json()).toEqual({ name: id, stopped: true });
      const { error } = JSON.parse(eventsOf(await stopped.text()).at(-1) ?? "");
      expect(error).toMatchObject({
        code: "permission_denied",
        message: expect.stringContaining("An operator stopped"),
      });
      await eventually(() => {
        const aborted = second.engines[0]?.received.filter((request) => request.aborted);
        expect(aborted).toHaveLength(1);
        expect(second.lines({ msg: "request", requestId: id })).toEqual([
          expect.objectContaining({ rule: "stopped-by-operator", completionTokens: expect.any(Number) }),
        ]);
      });
      expect(third.lines({ audit: true })).toEqual([
        expect.objectContaining({ actor: third.operator.keyId, action: "stop request", name: id, stopped: true }),
      ]);
      await eventually(async () => expect((await first.list()).data).toHaveLength(499));
      await errorOf(await first.stop(id), 404, "not_found");
    },
  );

  test("of the threads of one process are listed and stopped without a store", async () => {
    const gateways = await Promise.all([1, 2].map(() => start(new ThreadBus("process-1", 2))));
    const other = await start(new ThreadBus("process-2", 1));
    const [first, second] = gateways;
    if (first === undefined || second === undefined) throw new Error("two were started");
    const streams = [await first.begin(), await second.begin(), await other.begin()];
    const listed = await first.list();
    expect(listed).toMatchObject({ reach: "this-gateway", isComplete: true });
    expect(listed.data.map(({ id }) => id).toSorted()).toEqual(streams.slice(0, 2).map(idOf).toSorted());
    expect((await first.stop(idOf(streams[1] ?? expect.fail()))).status).toBe(200);
    expect(eventsOf((await streams[1]?.text()) ?? "").at(-1)).toContain("permission_denied");
    await errorOf(await first.stop(idOf(streams[2] ?? expect.fail())), 404, "not_found");
  });

  test("that have no response yet are stopped with an error that no library sends again", async () => {
    const { begin, list, stop, engines } = await start(undefined, { engines: [{ mode: "hang" }] });
    const responding = begin({ stream: false });
    const [request] = await eventually(async () => {
      const { data } = await list();
      expect(data).toHaveLength(1);
      return data;
    });
    expect(request).toMatchObject({ stream: false, firstTokenMs: null, completionTokens: 0 });
    expect((await stop(request?.id ?? "")).status).toBe(200);
    await errorOf(await responding, 403, "permission_denied");
    await eventually(() => expect(engines[0]?.received.at(-1)?.aborted).toBe(true));
    expect((await list()).data).toEqual([]);
  });

  test("are not shown to a key without the scope admin, and a request that is over can't be stopped", async () => {
    const { admin, caller, stop } = await start(undefined);
    await errorOf(await admin("GET", "", caller), 403, "permission_denied");
    await errorOf(await admin("POST", "/req_1/stop", caller), 403, "permission_denied");
    expect((await errorOf(await stop("req_1"), 404, "not_found")).message).toContain('"req_1"');
    await errorOf(await admin("POST", "/%E0%A4%A/stop"), 404, "not_found");
  });

  test.skipIf(noRedisServer !== undefined)(
    "of this gateway are listed while the store is gone, and the list says that it is not complete",
    { timeout: 60_000 },
    async () => {
      const redis = await startRedisServer();
      const gateways = await Promise.all([1, 2].map(() => start(new ValkeyBus(redis.url))));
      const [first, second] = gateways;
      if (first === undefined || second === undefined) throw new Error("two were started");
      await eventually(async () => expect((await first.list()).gateways).toHaveLength(2));
      await Promise.all([first.begin(), second.begin()]);
      await redis.stop();
      await eventually(async () => {
        const listed = await first.list();
        expect(listed).toMatchObject({ reach: "all-gateways", isComplete: false });
        expect(listed.data).toHaveLength(1);
      });
      const next = await startRedisServer(redis.port);
      onTestFinished(() => next.stop());
      await eventually(async () => expect((await first.list()).data).toHaveLength(2), { timeoutMs: 30_000 });
    },
  );
});
