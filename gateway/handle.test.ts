import { describe, expect, test } from "vitest";
import { newApiKey } from "../domain/keys/api-key.ts";
import { ClientGone } from "./core/gateway-error.ts";
import { bufferedBody } from "./in-process/buffered-body.ts";
import { ByteQueue } from "./in-process/byte-queue.ts";
import { send } from "./test/in-process.ts";
import { chat, eventsOf, startTestGateway } from "./test/test-gateway.ts";

const CHAT = "/v1/chat/completions";

describe("a request without a socket", () => {
  test("gets a whole response, as on a socket", async () => {
    const { gateway, url, requestLine } = await startTestGateway();
    const { status, headers, json } = await send(gateway, CHAT, { body: chat() });
    expect([status, headers["x-sluice-target"], json().object]).toEqual([200, "tiny", "chat.completion"]);
    expect(await requestLine()).toMatchObject({ route: CHAT, status: 200, promptTokens: 7, aborted: false });
    const body = JSON.stringify(chat());
    const onSocket = await fetch(url + CHAT, { method: "POST", headers: { "content-type": "application/json" }, body });
    const response = (await onSocket.json()) as object;
    expect({ ...response, id: "" }).toEqual({ ...json(), id: "" });
  });

  test("gets events, and is settled when the last one is read", async () => {
    const { gateway, requestLine } = await startTestGateway();
    const { status, headers, text } = await send(gateway, CHAT, { body: chat({ stream: true }) });
    expect([status, headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
    expect(eventsOf(text).at(-1)).toBe("[DONE]");
    expect(await requestLine()).toMatchObject({ stream: true, completionTokens: 3, aborted: false });
  });

  test("is counted against its address, unless its caller is known", async () => {
    const { gateway, log } = await startTestGateway({ config: { requestsPerMinutePerIp: 1 } });
    const sendAs = (knownCaller?: { tenant: string; keyId: undefined; priceFactor: number }) =>
      send(gateway, CHAT, { body: chat(), ...(knownCaller === undefined ? {} : { knownCaller }) });
    expect((await sendAs()).status).toBe(200);
    expect((await sendAs()).status).toBe(429);
    expect((await sendAs({ tenant: "everyone", keyId: undefined, priceFactor: 0.5 })).status).toBe(200);
    const lines = log().filter(({ msg }) => msg === "request");
    expect(lines.map(({ priceFactor }) => priceFactor)).toEqual([undefined, undefined, 0.5]);
  });

  test("has its body received for its key, and without one for its address", async () => {
    const { gateway, keys } = await startTestGateway({ config: { auth: "optional" } });
    const { keyId, secret, hash } = newApiKey();
    keys.set(keyId, { keyId, hash, plan: "standard", createdAt: "2026-01-01T00:00:00Z", name: "me" });
    const tenants: string[] = [];
    const bytes = Buffer.from(JSON.stringify(chat()));
    const post = (credential: Record<string, string>) =>
      gateway.handle({
        method: "POST",
        target: CHAT,
        headers: { "content-type": "application/json", ...credential },
        body: {
          ...bufferedBody(bytes),
          whole: async (_limit, tenant) => {
            tenants.push(tenant);
            return bytes;
          },
        },
        address: "192.0.2.1",
        signal: new AbortController().signal,
      });
    expect((await post({ authorization: `Bearer ${secret}` })).status).toBe(200);
    expect((await post({})).status).toBe(200);
    expect(tenants).toEqual([`key:${keyId}`, "address:192.0.2.1"]);
  });

  test("whose body is too large is refused, and its connection must be closed", async () => {
    const { gateway } = await startTestGateway({ config: { bodyLimitBytes: 1024 } });
    const response = await gateway.handle({
      method: "POST",
      target: CHAT,
      headers: { "content-type": "application/json" },
      body: bufferedBody(Buffer.alloc(2000)),
      address: "",
      signal: new AbortController().signal,
    });
    expect(response).toMatchObject({ status: 413, closesConnection: true });
  });

  test("whose caller has left gets no response, and is in the log as aborted", async () => {
    const { gateway, requestLine, engines } = await startTestGateway({ engines: [{ mode: "hang" }] });
    const leaving = new AbortController();
    const sent = send(gateway, CHAT, { body: chat(), signal: leaving.signal });
    while (engines[0]?.received.length !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort(new ClientGone());
    expect(await sent).toMatchObject({ status: 499, text: "" });
    expect(await requestLine()).toMatchObject({ status: 499, aborted: true });
  });
});

describe("a queue of bytes", () => {
  test("makes its sender wait above 64 KiB, and continue when half of it is read", async () => {
    const queue = new ByteQueue();
    let drains = 0;
    queue.onDrain(() => drains++);
    expect(queue.write(Buffer.alloc(60_000))).toBe(true);
    expect(queue.write(Buffer.alloc(10_000))).toBe(false);
    queue.end();
    const sizes: number[] = [];
    for await (const chunk of queue) sizes.push(chunk.length);
    expect([sizes, drains]).toEqual([[60_000, 10_000], 1]);
  });

  test("notifies its sender when the reader stops early, and the reader when it was broken off", async () => {
    const queue = new ByteQueue();
    let closes = 0;
    queue.onClose(() => closes++);
    queue.write(Buffer.from("a"));
    for await (const _ of queue) break;
    expect([queue.isClosed, closes]).toEqual([true, 1]);
    const broken = new ByteQueue();
    broken.write(Buffer.from("a"));
    broken.destroy();
    const read = async () => {
      for await (const _ of broken);
    };
    await expect(read()).rejects.toThrow("broken off");
  });
});
