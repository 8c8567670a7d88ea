import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createKey } from "../../domain/keys/key-item.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { createSharedMemory } from "../shared-memory/shared-memory.ts";
import { chat, completion, errorOf, post, startTestGateway, testConfig } from "../test/test-gateway.ts";

const CHAT = "/v1/chat/completions";
/** Of an engine that would send for 50 s. */
const ENDLESS = { tokens: 5000, intervalMs: 10 };

/** A gateway with one key; `revoke` revokes it, as the process notices a change of keys. */
async function start(endStreamsOnRevoke: boolean, engine: object = ENDLESS) {
  const memory = createSharedMemory(testConfig());
  const gateway = await startTestGateway({
    config: {
      auth: "required",
      endStreamsOnRevoke,
      timeouts: { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 },
    },
    engines: [engine],
    memory,
  });
  const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date() });
  gateway.keys.set(item.keyId, item);
  const authorization = `Bearer ${secret}`;
  const revoke = () => {
    gateway.keys.set(item.keyId, { ...item, revokedAt: new Date().toISOString() });
    Atomics.add(new Int32Array(memory.keyDrops), 0, 1);
  };
  const send = (path: string, body: unknown) => post(gateway.url, path, body, { authorization });
  const open = async () => {
    const socket = new WebSocket(gateway.url.replace("http", "ws") + CHAT, { headers: { authorization } });
    onTestFinished(() => socket.terminate());
    const messages: string[] = [];
    socket.on("message", (data) => messages.push(String(data)));
    const closed = once(socket, "close").then(([code]) => Number(code));
    await once(socket, "open");
    return { socket, messages, closed };
  };
  const line = () => gateway.log().find((entry) => entry.msg === "request" && entry.route !== "/v1/models");
  return { ...gateway, revoke, send, open, line };
}

describe("with endStreamsOnRevoke, when a key is revoked", () => {
  // documented: revoked-key-ends-streams
  test.each([
    [CHAT, chat({ stream: true }), /data: (\{"error".*?\})\n\n$/],
    ["/v1/completions", completion({ stream: true }), /data: (\{"error".*?\})\n\n$/],
    [
      "/v1/messages",
      { model: "tiny", max_tokens: 4000, stream: true, messages: [{ role: "user", content: "Hello" }] },
      /event: error\ndata: (.*?)\n\n$/,
    ],
    [
      "/v1/responses",
      { model: "tiny", input: "Hello", stream: true },
      /(?:response\.failed|event: error)\ndata: (.*?)\n\n$/,
    ],
  ])(
    "the stream of %s ends with an error event of its dialect, long before its own end, and its tokens are charged",
    async (path, body, last) => {
      const { revoke, send, line, engines } = await start(true);
      const response = await send(path, body);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (text.length < 2000) text += (await reader.read()).value ?? "";
      revoke();
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      const event = last.exec(text)?.[1] ?? "";
      expect(event, text.slice(-500)).toMatch(/API key is not valid|invalid_api_key|authentication_error/);
      expect(text).not.toContain("[DONE]");
      await eventually(() => expect(line()).toMatchObject({ errorCode: "invalid_api_key", rule: "key-revoked" }));
      expect(line()?.completionTokens).toBeGreaterThan(0);
      expect(line()?.completionTokens).toBeLessThan(ENDLESS.tokens);
      await eventually(() => expect(engines[0]?.received.at(-1)?.aborted).toBe(true));
    },
  );

  test("a request that waits for its response gets 401, and the engine's health stays as it was", async () => {
    const { revoke, send, engines, url } = await start(true, { firstByteMs: 50_000 });
    const response = send(CHAT, chat());
    await eventually(() => expect(engines[0]?.received.filter(({ path }) => path === CHAT)).toHaveLength(1));
    revoke();
    await errorOf(await response, 401, "invalid_api_key");
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("a WebSocket's stream ends with the error, and the socket is closed, an idle one too", async () => {
    const { revoke, open } = await start(true);
    const [busy, idle] = [await open(), await open()];
    busy.socket.send(JSON.stringify(chat({ stream: true })));
    busy.socket.send(JSON.stringify(chat({ stream: true })));
    await eventually(() => expect(busy.messages.length).toBeGreaterThan(3));
    revoke();
    expect(await Promise.all([busy.closed, idle.closed])).toEqual([1008, 1008]);
    const errors = busy.messages.filter((message) => message.startsWith('{"error"'));
    expect(errors.map((message) => JSON.parse(message).error.code)).toEqual(["invalid_api_key"]);
    expect(busy.messages.at(-1)).toBe(errors[0]);
    expect(idle.messages).toEqual([]);
  });
});

describe("without it, when a key is revoked", () => {
  // documented: revoked-key-open-stream
  test("a stream runs to its end, and an open WebSocket gets no further request", async () => {
    const { revoke, send, open, engines } = await start(false, { tokens: 40, intervalMs: 10 });
    const { socket, messages } = await open();
    const stream = await send(CHAT, chat({ stream: true }));
    revoke();
    expect(await stream.text()).toContain("[DONE]");
    socket.send(JSON.stringify(chat()));
    await eventually(() => expect(messages).toHaveLength(1));
    expect(JSON.parse(messages[0]!).error.code).toBe("invalid_api_key");
    expect(engines[0]!.received.filter(({ path }) => path === CHAT)).toHaveLength(1);
  });
});
