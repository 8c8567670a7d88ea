import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { GatewayResponse } from "../core/response.ts";
import { open, PATH, refused } from "../test/chat-socket.ts";
import { chat, eventsOf, post, startTestGateway } from "../test/test-gateway.ts";
import { ChatSockets, SOCKETS } from "./chat-sockets.ts";

describe("a chat over a WebSocket", () => {
  // documented: websocket-events
  test("brings the very events of the stream, one message each", async () => {
    const { url } = await startTestGateway();
    const body = chat({ stream: true, stream_options: { include_usage: true } });
    const { send, ends, messages } = await open(url);
    send(body);
    await ends(1);
    expect(messages).toEqual(eventsOf(await (await post(url, PATH, body)).text()));
    expect(messages.at(-2)).toContain('"usage"');
  });

  test("sends a response that is not streamed as one message and [DONE]", async () => {
    const { url } = await startTestGateway();
    const { send, ends, messages } = await open(url);
    send(chat());
    await ends(1);
    expect(messages).toEqual([await (await post(url, PATH, chat())).text(), "[DONE]"]);
  });

  test("serves several requests one after the other, and invalid ones get the API's error body", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ tokens: 5, intervalMs: 10 }] });
    const { send, ends, messages } = await open(url);
    send(chat({ stream: true, seed: 1 }));
    send("no JSON");
    send(chat({ temperature: 9 }));
    send(chat({ stream: true, seed: 2 }));
    await ends(4);
    const codes = messages.filter((one) => one.startsWith('{"error"')).map((one) => JSON.parse(one).error.code);
    expect(codes).toEqual(["invalid_json", "invalid_request"]);
    expect(messages.indexOf("[DONE]")).toBeLessThan(messages.findIndex((one) => one.startsWith('{"error"')));
    expect(engines[0]?.received.map(({ body }) => body.seed)).toEqual([1, 2]);
  });

  test("goes through every stage as any request: key, limits, log, client's address", async () => {
    const { url, keys, log } = await startTestGateway({ config: { auth: "required", requestsPerMinutePerIp: 3 } });
    const { keyId, secret, hash } = newApiKey();
    keys.set(keyId, { keyId, hash, plan: "standard", createdAt: "2026-01-01T00:00:00Z", name: "me" });
    const authorization = `Bearer ${secret}`;
    const { send, ends, messages } = await open(url, {
      headers: { authorization, "x-sluice-client-ip": "203.0.113.7" },
    });
    for (let sent = 0; sent < 3; sent++) send(chat());
    await ends(3);
    expect(JSON.parse(messages.at(-1) ?? "").error.code).toBe("rate_limit_exceeded");
    const lines = log().filter((line) => line.route === PATH);
    expect(lines.map(({ status, keyId: id }) => [status, id])).toEqual([
      [200, keyId],
      [200, keyId],
      [429, undefined],
    ]);
    const other = await fetch(`${url}/v1/models`, { headers: { authorization, "x-sluice-client-ip": "203.0.113.8" } });
    expect(other.status).toBe(200);
  });

  test("an engine that dies in the middle ends with an error body and leaves the socket open", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ tokens: 5, intervalMs: 20, diesAfterTokens: 2 }] });
    const { send, ends, messages } = await open(url);
    send(chat({ stream: true }));
    await ends(1);
    expect(JSON.parse(messages.at(-1) ?? "").error.code).toBe("stream_interrupted");
    engines[0]!.behaviour.diesAfterTokens = undefined;
    await eventually(async () => expect((await fetch(`${url}/health`)).status).toBe(200));
    send(chat({ stream: true }));
    await ends(2);
    expect(messages.at(-1)).toBe("[DONE]");
  });
});

describe("the client's side", () => {
  test("closing aborts the request that runs, and those behind it never start", async () => {
    const { url, engines, log } = await startTestGateway({ engines: [{ tokens: 1000, intervalMs: 20 }] });
    const { send, socket, messages } = await open(url);
    send(chat({ stream: true }));
    send(chat({ stream: true, seed: 2 }));
    await eventually(() => expect(messages.length).toBeGreaterThan(1));
    socket.close();
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
    await eventually(() => expect(log().filter((line) => line.route === PATH)).toHaveLength(1));
    expect(engines[0]?.received).toHaveLength(1);
  });

  // documented: websocket-backpressure
  test("a client that reads nothing holds the engine back instead of filling this process", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ tokens: 2000, tokenBytes: 50_000 }] });
    const { send, ends, socket, messages } = await open(url);
    socket.pause();
    send(chat({ stream: true }));
    const sent = () => engines[0]?.received[0]?.sentBytes ?? 0;
    let before = -1;
    await eventually(
      () => {
        const isStill = sent() > 0 && sent() === before;
        before = sent();
        expect(isStill).toBe(true);
      },
      { everyMs: 200 },
    );
    expect(before).toBeLessThan(40_000_000); // of 100 MB
    socket.resume();
    await eventually(() => expect(messages.at(-1)).toBe("[DONE]"));
    await ends(1);
  });

  test("too large, binary, or too many waiting messages close the socket with their code", async () => {
    const { url } = await startTestGateway({ engines: [{ mode: "hang" }], config: { bodyLimitBytes: 2000 } });
    const large = await open(url);
    large.send("x".repeat(2001));
    expect((await large.closed).code).toBe(1009);
    const binary = await open(url);
    binary.socket.send(Buffer.from("{}"));
    expect((await binary.closed).code).toBe(1003);
    const many = await open(url);
    for (let sent = 0; sent < 20; sent++) many.send(chat());
    expect(await many.closed).toEqual({ code: 1008, reason: "Too many requests are waiting. Wait for [DONE]." });
  });

  test("a refused client that does not read is disconnected within seconds, and none of its waiting requests runs", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ tokens: 20, intervalMs: 5 }] });
    const { socket, send } = await open(url);
    const connection = (socket as unknown as { readonly _socket: Socket })._socket;
    // Does not see that it is refused.
    connection.pause();
    const isGone = new Promise((resolve) => connection.on("close", resolve));
    socket.on("error", () => undefined);
    for (let sent = 0; sent < 100; sent++) send(chat({ seed: sent }));
    // A write fails once the other side has closed.
    const timer = setInterval(() => socket.send("{}", () => undefined), 100);
    onTestFinished(() => clearInterval(timer));
    await isGone;
    expect(engines[0]?.received.length).toBeLessThanOrEqual(1);
  });

  test("all together hold at most 64 MiB of requests: those that hold the most get 1013, try again later", async () => {
    const { url } = await startTestGateway({ engines: [{ mode: "hang" }], config: { bodyLimitBytes: 1_000_000 } });
    const polite = await open(url);
    polite.send(chat());
    const greedy = await Promise.all(Array.from({ length: 90 }, () => open(url)));
    const codes: number[] = [];
    for (const { closed } of greedy) void closed.then(({ code }) => codes.push(code));
    // A first one that runs, and one that waits.
    for (const { send } of greedy) for (const size of [10, 950_000]) send(chat({ user: "u".repeat(size) }));
    await eventually(() => expect(codes.length).toBeGreaterThan(15));
    expect(new Set(codes)).toEqual(new Set([1013]));
    expect(codes.length).toBeLessThan(50);
    expect(polite.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("parts of a message that never ends count too", async () => {
    const { url } = await startTestGateway({ config: { bodyLimitBytes: 1_000_000 } });
    const sockets = await Promise.all(Array.from({ length: 90 }, () => open(url)));
    const codes: number[] = [];
    for (const { socket, closed } of sockets) {
      void closed.then(({ code }) => codes.push(code));
      socket.send("x".repeat(950_000), { fin: false });
    }
    await eventually(() => expect(codes.length).toBeGreaterThan(15));
    expect(codes.length).toBeLessThan(50);
    const { send, ends } = await open(url);
    send(chat());
    await ends(1);
  });

  test("parts of a message that never ends count also where pings come between them", async () => {
    const { url } = await startTestGateway({ config: { bodyLimitBytes: 1_000_000 } });
    const sockets = await Promise.all(Array.from({ length: 90 }, () => open(url)));
    const codes: number[] = [];
    for (const { socket, closed } of sockets) {
      void closed.then(({ code }) => codes.push(code));
      socket.send("x".repeat(950_000), { fin: false });
      socket.ping();
    }
    await eventually(() => expect(codes.length).toBeGreaterThan(15));
    expect(codes.length).toBeLessThan(50);
  });

  test("a message of more than 1,024 fragments closes the socket", async () => {
    const { url } = await startTestGateway();
    const { socket, closed } = await open(url);
    for (let part = 0; part < 1100; part++) socket.send("x", { fin: false });
    expect((await closed).code).toBe(1008);
  });

  test("a client that sends no pong is disconnected, one that does stays", async () => {
    const { url } = await startTestGateway({ heartbeatMs: 100 });
    const silent = await open(url, { autoPong: false });
    const { socket } = await open(url);
    expect((await silent.closed).code).toBe(1006);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe("a gateway that leaves", () => {
  test("closes idle sockets, lets the running request finish, and takes no new one", async () => {
    const { url, gateway } = await startTestGateway({ engines: [{ tokens: 20, intervalMs: 20 }] });
    const [idle, busy] = [await open(url), await open(url)];
    busy.send(chat({ stream: true }));
    busy.send(chat({ stream: true }));
    await eventually(() => expect(busy.messages.length).toBeGreaterThan(1));
    const drained = gateway.drain();
    expect((await idle.closed).code).toBe(1001);
    expect((await busy.closed).code).toBe(1001);
    expect(busy.messages.filter((one) => one === "[DONE]")).toHaveLength(1);
    expect(busy.messages.at(-1)).toBe("[DONE]");
    await drained;
  });

  test("ends sockets whose request outlasts the drain time", async () => {
    const { url, gateway, engines } = await startTestGateway({
      engines: [{ mode: "hang" }],
      config: { drainSeconds: 0.3 },
    });
    const { send, closed } = await open(url);
    send(chat());
    await eventually(() => expect(engines[0]?.received).toHaveLength(1));
    await gateway.drain();
    expect((await closed).code).toBe(1006);
  });
});

describe("many sockets", () => {
  test("of one address are refused with 429 above its share, and again taken when one is closed", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 100_000 } });
    const mine = await Promise.all(Array.from({ length: SOCKETS.mostPerCaller }, () => open(url)));
    const { status, body } = await refused(url);
    expect([status, body.error.code]).toEqual([429, "rate_limit_exceeded"]);
    mine[0]?.socket.close();
    await mine[0]?.closed;
    await eventually(() => open(url));
  });

  test("without a request are closed after their idle time, those with one are not", async () => {
    const handled = Promise.withResolvers<GatewayResponse>();
    const ok: GatewayResponse = { status: 200, headers: {}, body: { kind: "bytes", bytes: Buffer.from("{}") } };
    const sockets = new ChatSockets({
      handle: ({ method }) => (method === "GET" ? Promise.resolve(ok) : handled.promise),
      bodyLimitBytes: 1000,
      allowsOrigin: () => true,
      heartbeatMs: 20,
      idleMs: 200,
    });
    const server = createServer();
    server.on("upgrade", (request, connection, head) => void sockets.upgrade(request, connection, head, "a"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    sockets.start();
    onTestFinished(() => {
      sockets.stop();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [idle, busy] = [await open(url), await open(url)];
    busy.send(chat());
    expect((await idle.closed).code).toBe(1001);
    expect(busy.socket.readyState).toBe(WebSocket.OPEN);
    handled.resolve(ok);
    await busy.ends(1);
    expect((await busy.closed).code).toBe(1001);
  });
});
