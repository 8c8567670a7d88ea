import { createServer, type RequestListener, type Server } from "node:http";
import { Pool } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { listenOn } from "./listen.ts";
import { requestWhole } from "./request-whole.ts";

const running: { readonly server: Server; readonly pool: Pool }[] = [];
afterEach(async () => {
  for (const { server, pool } of running.splice(0)) {
    await pool.destroy();
    server.closeAllConnections();
    server.close();
  }
});

async function poolTo(answer: RequestListener, connections = 1): Promise<Pool> {
  const server = createServer(answer);
  const port = await listenOn(server, { port: 0, host: "127.0.0.1" });
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
  running.push({ server, pool });
  return pool;
}

const ask = (pool: Pool, signal = new AbortController().signal, limit = 10) =>
  requestWhole(pool, { method: "POST", path: "/", body: "{}", signal, limitBytes: () => limit });

describe("an answer wanted as a whole", () => {
  test("has its status, its headers and its bytes, also when there are none", async () => {
    const pool = await poolTo((request, response) => {
      response.writeHead(request.url === "/" ? 503 : 200, { "retry-after": "7" });
      response.write("ab");
      response.end("c");
    });
    const answer = await ask(pool);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("7");
    expect(String(await answer.bytes)).toBe("abc");
    const empty = await ask(await poolTo((_, response) => response.end()));
    expect(String(await empty.bytes)).toBe("");
  });

  test("may have a limit that depends on its status, and is not read beyond it", async () => {
    const closed = Promise.withResolvers<void>();
    const pool = await poolTo((_, response) => {
      response.writeHead(500);
      response.once("close", () => closed.resolve());
      response.write("x".repeat(100));
    });
    const statuses: number[] = [];
    const { bytes } = await requestWhole(pool, {
      method: "GET",
      path: "/",
      signal: new AbortController().signal,
      limitBytes: (status) => statuses.push(status) + 9,
    });
    expect(await bytes).toBeUndefined();
    expect(statuses).toEqual([500]);
    await closed.promise;
  });

  test("that breaks off rejects: before its head the whole, after it the bytes alone", async () => {
    await expect(ask(await poolTo((request) => request.socket.destroy()))).rejects.toMatchObject({
      code: "UND_ERR_SOCKET",
    });
    const pool = await poolTo((_, response) => {
      response.writeHead(200, { "content-length": 5 });
      response.write("ab", () => response.destroy());
    });
    const { statusCode, bytes } = await ask(pool);
    expect(statusCode).toBe(200);
    await expect(bytes).rejects.toThrow();
  });

  test("of nobody there rejects with the connection's error", async () => {
    const pool = new Pool("http://127.0.0.1:1");
    await expect(ask(pool)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await pool.destroy();
  });
});

describe("its signal", () => {
  test("ends the call with its reason: before it, while it waits for a connection, before the head and after it", async () => {
    const closed = Promise.withResolvers<void>();
    let seen = 0;
    const pool = await poolTo((_, response) => {
      seen++;
      response.once("close", () => closed.resolve());
      response.writeHead(200, { "content-length": 5 });
      response.write("ab");
    });
    const reason = new Error("the client left");
    await expect(ask(pool, AbortSignal.abort(reason))).rejects.toBe(reason);

    const first = new AbortController();
    const answer = await ask(pool, first.signal);
    const second = new AbortController();
    const waiting = ask(pool, second.signal);
    second.abort(reason);
    await expect(waiting).rejects.toBe(reason);

    first.abort(reason);
    await expect(answer.bytes).rejects.toBe(reason);
    await closed.promise;

    const silent = await poolTo(() => undefined);
    const third = new AbortController();
    const unheard = ask(silent, third.signal);
    setTimeout(() => third.abort(reason), 20);
    await expect(unheard).rejects.toBe(reason);
    expect(seen).toBe(1);
  });

  test("is let go of when the answer is there", async () => {
    const pool = await poolTo((_, response) => response.end("{}"));
    const controller = new AbortController();
    const { bytes } = await ask(pool, controller.signal);
    expect(String(await bytes)).toBe("{}");
    controller.abort(new Error("too late"));
    expect(String(await bytes)).toBe("{}");
    expect(String(await (await ask(pool)).bytes)).toBe("{}");
  });
});
