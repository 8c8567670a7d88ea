import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { createKey, type KeyDescription, type KeyRestrictions, rotate } from "../../domain/keys/key-item.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { bufferedBody } from "../in-process/buffered-body.ts";
import { wholeBody } from "../in-process/byte-queue.ts";
import { MemoryResponseStore } from "../responses/memory-response-store.ts";
import { chat, completion, errorOf, post, startTestGateway, testConfig } from "../test/test-gateway.ts";

const NOW = Date.parse("2026-06-01T12:00:00.000Z");
const CLIENT_IP = "x-sluice-client-ip";

/** A gateway with the models `a` and `b`, whose clock the test sets; `keyed` stores a key. */
async function start() {
  const clock = { now: NOW };
  const models = ["a", "b"].map((id) => ({ ...testConfig().models[0], id })) as never;
  const responses = new MemoryResponseStore({ maxBytes: 1_000_000, ttlSeconds: 60, now: () => performance.now() });
  const config = { auth: "required", models } as const;
  const gateway = await startTestGateway({ config, responses, wallClock: () => clock.now });
  const keyed = (restrictions: KeyRestrictions & Pick<KeyDescription, "owner" | "projectId"> = {}) => {
    const key = createKey({ name: "k", plan: "standard", createdAt: new Date(NOW), ...restrictions });
    gateway.keys.set(key.item.keyId, key.item);
    const headers = { authorization: `Bearer ${key.secret}` };
    const send = (path: string, body: unknown, more: Record<string, string> = {}) =>
      post(gateway.url, path, body, { ...headers, ...more });
    const get = (path: string, more: Record<string, string> = {}) =>
      fetch(gateway.url + path, { headers: { ...headers, ...more } });
    return { ...key, headers, send, get };
  };
  return { ...gateway, clock, keyed };
}

const CHAT = "/v1/chat/completions";
const chatWith = (model: string) => chat({ model });

describe("a key", () => {
  // documented: service-account-tenant
  test("of a service account has the account's stored responses, and those of no other key", async () => {
    const { keyed } = await start();
    const owner = (id: string) => ({ owner: { type: "service_account", id } }) as const;
    const create = await keyed(owner("nightly")).send("/v1/responses", { model: "a", input: "x", store: true });
    const created = (await create.json()) as { readonly id: string };
    const status = async (key: ReturnType<typeof keyed>) => (await key.get(`/v1/responses/${created.id}`)).status;
    expect(await status(keyed(owner("nightly")))).toBe(200);
    for (const other of [owner("weekly"), {}, { owner: { type: "user", id: "nightly" } } as const])
      expect(await status(keyed(other))).toBe(404);
  });

  // documented: person-tenant
  test("of a person has the stored responses of the person's other keys in the project, and of no other", async () => {
    const { keyed } = await start();
    const of = (id: string, projectId: string) => ({ owner: { type: "user", id }, projectId }) as const;
    const create = await keyed(of("ada", "p")).send("/v1/responses", { model: "a", input: "x", store: true });
    const created = (await create.json()) as { readonly id: string };
    const status = async (key: ReturnType<typeof keyed>) => (await key.get(`/v1/responses/${created.id}`)).status;
    expect(await status(keyed(of("ada", "p")))).toBe(200);
    for (const other of [of("ada", "q"), of("eve", "p"), {}]) expect(await status(keyed(other))).toBe(404);
  });

  // documented: key-expiry
  test("is refused from its expiry on, with the error of an unknown one", async () => {
    const { clock, keyed, url } = await start();
    const { send } = keyed({ expiresAt: new Date(NOW + 1000).toISOString() });
    expect((await send(CHAT, chatWith("a"))).status).toBe(200);
    clock.now += 1000;
    const expired = await errorOf(await send(CHAT, chatWith("a")), 401, "invalid_api_key");
    const unknown = await post(url, CHAT, chatWith("a"), { authorization: `Bearer ${newApiKey().secret}` });
    expect(await errorOf(unknown, 401, "invalid_api_key")).toEqual(expired);
  });

  // documented: key-models
  test("for one model sees no other one: not in a list, by its name, or in an error", async () => {
    const { keyed } = await start();
    const { send, get } = keyed({ models: ["a"] });
    expect((await send(CHAT, chatWith("a"))).status).toBe(200);
    expect((await send("/v1/completions", completion({ model: "a" }))).status).toBe(200);
    for (const [path, body] of [
      [CHAT, chatWith("b")],
      ["/v1/completions", completion({ model: "b" })],
      ["/v1/embeddings", { model: "b", input: "x" }],
      ["/v1/responses", { model: "b", input: "x" }],
    ] as const) {
      const denied = await errorOf(await send(path, body), 404, "model_not_found");
      const missing = await errorOf(await send(path, { ...body, model: "z" }), 404, "model_not_found");
      expect(denied.message.replace('"b"', "")).toBe(missing.message.replace('"z"', ""));
    }
    const ids = async (headers: Record<string, string>) => {
      const list = (await (await get("/v1/models", headers)).json()) as { data: { id: string }[] };
      return list.data.map(({ id }) => id);
    };
    expect(await ids({})).toEqual(["a"]);
    expect(await ids({ "anthropic-version": "2023-06-01" })).toEqual(["a"]);
    await errorOf(await get("/v1/models/b"), 404, "model_not_found");
    expect((await get("/v1/models/a")).status).toBe(200);
  });

  // documented: key-addresses
  test("with address ranges is refused at any other address", async () => {
    const { keyed } = await start();
    const { send } = keyed({ addresses: ["203.0.113.0/24"] });
    expect((await send(CHAT, chatWith("a"), { [CLIENT_IP]: "203.0.113.7" })).status).toBe(200);
    const error = await errorOf(
      await send(CHAT, chatWith("a"), { [CLIENT_IP]: "203.0.114.7" }),
      403,
      "permission_denied",
    );
    expect(error.message).toContain("address");
  });

  // documented: key-scopes
  test("does what its scopes name and no more; the error names the scope that it lacks", async () => {
    const { keyed, url } = await start();
    const [reader, operator, both, plain] = [["read"], ["admin"], ["admin", "generate"], undefined].map((scopes) =>
      keyed({ scopes: scopes as KeyRestrictions["scopes"] }),
    );
    const generates = async (key: typeof plain) => (await key!.send(CHAT, chatWith("a"))).status;
    const administers = async (key: typeof plain) => (await key!.get("/admin/targets")).status;
    const reads = async (key: typeof plain) => (await key!.get("/v1/models")).status;
    expect([await reads(reader), await generates(reader), await administers(reader)]).toEqual([200, 403, 403]);
    expect([await reads(operator), await generates(operator), await administers(operator)]).toEqual([200, 403, 200]);
    expect([await reads(both), await generates(both), await administers(both)]).toEqual([200, 200, 200]);
    expect([await reads(plain), await generates(plain), await administers(plain)]).toEqual([200, 200, 403]);
    const heads = async (key: typeof plain) =>
      (await fetch(`${url}/v1/models`, { method: "HEAD", headers: key!.headers })).status;
    expect([await heads(reader), await heads(operator)]).toEqual([200, 200]);
    const error = await errorOf(await reader!.send(CHAT, chatWith("a")), 403, "permission_denied");
    expect(error.message).toContain("`generate`");
  });

  test("with the scope read may send HEAD wherever it may send GET", async () => {
    const { keyed, url } = await start();
    const { headers } = keyed({ scopes: ["read"] });
    expect((await fetch(`${url}/v1/models`, { method: "HEAD", headers })).status).toBe(200);
  });

  // documented: key-decision-logged
  test("that is refused leaves the rule in the log, which tells an unknown, a revoked and an expired key apart", async () => {
    const { keyed, keys, log } = await start();
    const unknown = keyed();
    keys.delete(unknown.item.keyId);
    const revoked = keyed();
    keys.set(revoked.item.keyId, { ...revoked.item, revokedAt: new Date(NOW).toISOString() });
    const expired = keyed({ expiresAt: new Date(NOW).toISOString() });
    const elsewhere = keyed({ addresses: ["203.0.113.0/24"] });
    const reader = keyed({ scopes: ["read"] });
    const bodies = [];
    for (const { send } of [unknown, revoked, expired, elsewhere, reader])
      bodies.push(JSON.parse(await (await send(CHAT, chatWith("a"))).text()));
    const lines = () => log().filter((line) => line.msg === "request");
    await eventually(() => expect(lines()).toHaveLength(5));
    expect(lines().map(({ rule }) => rule)).toEqual([
      "key-unknown",
      "key-revoked",
      "key-expired",
      "key-not-for-address",
      "key-lacks-scope:generate",
    ]);
    expect(new Set(bodies.slice(0, 3).map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies.map(({ error }) => error.decision_id)).toEqual(lines().map(({ decisionId }) => decisionId));
    expect(bodies[0].error.decision_id).toBeUndefined();
    expect(bodies[4].error.decision_id).toMatch(/^dec_/);
  });

  test("that was rotated works with its new secret at once, with the old one until the overlap ends", async () => {
    const { clock, keyed, keys } = await start();
    const { item, send } = keyed();
    const next = newApiKey(undefined, item.keyId);
    keys.set(item.keyId, rotate(item, next.hash, new Date(NOW + 60_000)));
    const authorization = `Bearer ${next.secret}`;
    expect((await send(CHAT, chatWith("a"), { authorization })).status).toBe(200);
    clock.now = NOW + 59_999;
    expect((await send(CHAT, chatWith("a"))).status).toBe(200);
    clock.now = NOW + 60_000;
    await errorOf(await send(CHAT, chatWith("a")), 401, "invalid_api_key");
    expect((await send(CHAT, chatWith("a"), { authorization })).status).toBe(200);
  });
});

describe("a key that changed since the work was accepted", () => {
  test("is checked for each request of a batch: expiry, scopes and models", async () => {
    const { gateway, clock, keyed, keys } = await start();
    const { item } = keyed({ models: ["a"], expiresAt: new Date(NOW + 1000).toISOString() });
    const run = async (model: string) => {
      const response = await gateway.handle({
        method: "POST",
        target: CHAT,
        headers: { "content-type": "application/json" },
        body: bufferedBody(Buffer.from(JSON.stringify(chatWith(model)))),
        address: "",
        signal: new AbortController().signal,
        knownCaller: { tenant: `key:${item.keyId}`, keyId: item.keyId, priceFactor: 0.5 },
      });
      await wholeBody(response);
      return response.status;
    };
    expect([await run("a"), await run("b")]).toEqual([200, 404]);
    clock.now += 1000;
    expect(await run("a")).toBe(401);
    keys.set(item.keyId, { ...item, expiresAt: new Date(NOW + 5000).toISOString(), scopes: ["read"] });
    expect(await run("a")).toBe(403);
  });

  test("is checked for each message of a WebSocket", async () => {
    const { url, clock, keyed } = await start();
    const { headers } = keyed({ models: ["a"], expiresAt: new Date(NOW + 1000).toISOString() });
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/chat/completions`, { headers });
    await once(socket, "open");
    const codeOf = async (model: string) => {
      const message = once(socket, "message");
      socket.send(JSON.stringify(chatWith(model)));
      const [data] = await message;
      return JSON.parse(String(data)).error?.code;
    };
    expect(await codeOf("b")).toBe("model_not_found");
    clock.now += 1000;
    expect(await codeOf("a")).toBe("invalid_api_key");
    socket.close();
  });
});
