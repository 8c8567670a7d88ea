import type { RequestListener } from "node:http";
import { Pool } from "undici";
import { describe, expect, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { post, resumed, upstreamPools } from "../../test/upstream-pools.ts";
import type { UpstreamBody } from "./upstream-body.ts";

const poolTo = upstreamPools();
const textOf = async (body: UpstreamBody) => String(await body.whole(100));

/** Reads from now on. */
function reading(body: UpstreamBody, onText: (text: string) => void = () => undefined) {
  const ended = Promise.withResolvers<Error | undefined>();
  const texts: string[] = [];
  body.read({
    onData: (chunk) => {
      texts.push(String(chunk));
      onText(String(chunk));
    },
    onEnd: ended.resolve,
  });
  return { texts, ended: ended.promise };
}

/** A response whose server writes and breaks off when the test calls it. */
async function written(first: string) {
  const open = Promise.withResolvers<Parameters<RequestListener>[1]>();
  const pool = await poolTo((_, response) => {
    response.write(first);
    open.resolve(response);
  });
  const { body } = await post(pool);
  const response = await open.promise;
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  return { body, response, closed, pool };
}

describe("a response that is read whole", () => {
  test("has its status, its headers and its bytes, also when there are none", async () => {
    const pool = await poolTo((request, response) => {
      response.writeHead(request.url === "/" ? 503 : 200, { "retry-after": "7" });
      response.write("ab");
      response.end("c");
    });
    const received = await post(pool);
    expect(received.statusCode).toBe(503);
    expect(received.headers["retry-after"]).toBe("7");
    expect(await textOf(received.body)).toBe("abc");
    const empty = await post(await poolTo((_, response) => response.end()));
    expect(await textOf(empty.body)).toBe("");
  });

  test("is not read beyond its limit", async () => {
    const { body, closed } = await written("x".repeat(101));
    expect(await body.whole(100)).toBeUndefined();
    await closed;
  });

  test("that breaks off rejects: before its head the whole, after it the bytes alone", async () => {
    await expect(post(await poolTo((request) => request.socket.destroy()))).rejects.toMatchObject({
      code: "UND_ERR_SOCKET",
    });
    const { body, response } = await written("ab");
    const bytes = body.whole(100);
    response.destroy();
    await expect(bytes).rejects.toThrow();
  });

  test("from a server that refuses connections rejects with the connection's error", async () => {
    const pool = new Pool("http://127.0.0.1:1");
    await expect(post(pool)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await pool.destroy();
  });
});

describe("the bytes of a response", () => {
  test("are all there for a reader that pauses when the server closes the connection behind the last of them", async () => {
    const open = Promise.withResolvers<Parameters<RequestListener>[1]>();
    const pool = await poolTo((_, response) => {
      response.writeHead(200, { "content-length": 4 }).write("ab");
      open.resolve(response);
    });
    const { body } = await post(pool);
    const { texts, ended } = reading(body, () => body.pause());
    const response = await open.promise;
    await eventually(() => expect(texts).toEqual(["ab"]));
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    response.write("cd", () => response.socket?.end());
    await closed;
    body.resume();
    // It pauses again with these.
    body.resume();
    expect(await ended).toBeUndefined();
    expect(texts).toEqual(["ab", "cd"]);
  });

  test("are there for the reader also when someone looked at the first of them, and come in their order", async () => {
    const { body, response } = await written("a");
    expect(String(await body.first())).toBe("a");
    expect(String(await body.first())).toBe("a");
    response.write("b");
    const { texts, ended } = reading(body);
    expect(texts[0]).toBe("a");
    response.end("c");
    expect(await ended).toBeUndefined();
    expect(texts.join("")).toBe("abc");
  });

  test("an empty response ends the wait for the first byte", async () => {
    const { body } = await post(await poolTo((_, response) => response.end()));
    expect(await body.first()).toBeUndefined();
    expect(await reading(body).ended).toBeUndefined();
    const broken = await post(
      await poolTo((_, response) => {
        response.flushHeaders();
        setTimeout(() => response.destroy(), 20);
      }),
    );
    await expect(broken.body.first()).rejects.toThrow();
  });

  test("that came before the response broke off are delivered, and then the error", async () => {
    const { body, response } = await written("a");
    await body.first();
    response.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { texts, ended } = reading(body);
    expect(await ended).toBeInstanceOf(Error);
    expect(texts).toEqual(["a"]);
  });

  test("of one packet reach the reader together, however many chunks of HTTP they are", async () => {
    const chunks = Array.from({ length: 20 }, (_, index) => `chunk ${index}`);
    const pool = await poolTo(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n");
      setTimeout(() => {
        socket.write(chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join(""));
        setTimeout(() => socket.end("0\r\n\r\n"), 50);
      }, 50);
    });
    const { texts, ended } = reading((await post(pool)).body);
    expect(await ended).toBeUndefined();
    expect(texts).toEqual(["a", chunks.join("")]);
  });

  test("reach the reader also when the response breaks off in the very packet that brings them", async () => {
    const pool = await poolTo(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n");
      setTimeout(() => socket.end("1\r\nb\r\nno length\r\n"), 50);
    });
    const { texts, ended } = reading((await post(pool)).body);
    expect(await ended).toBeInstanceOf(Error);
    expect(texts.join("")).toBe("ab");
  });

  test("wait while the reader pauses, the end with them, and the server is held back", async () => {
    const { body, response } = await written("a");
    const { texts, ended } = reading(body, () => body.pause());
    await expect.poll(() => texts).toEqual(["a"]);
    const megabyte = "x".repeat(1024 * 1024);
    for (let sent = 0; sent < 32; sent++) response.write(megabyte);
    response.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(texts).toEqual(["a"]);
    // What the kernel's buffers hold is gone; the rest waits in the server.
    expect(response.writableLength).toBeGreaterThan(16 * 1024 * 1024);
    const stop = resumed(body);
    expect(await ended).toBeUndefined();
    stop();
    expect(texts.join("")).toBe(`a${megabyte.repeat(32)}`);
  });

  test("of a response without a reader are held up to a bound", async () => {
    const { body, response } = await written("a");
    await body.first();
    for (let sent = 0; sent < 32; sent++) response.write("x".repeat(1024 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(response.writableLength).toBeGreaterThan(16 * 1024 * 1024);
  });

  test("come no more once the reader has closed them, not even their end, and the call is broken off", async () => {
    const { body, closed } = await written("a");
    const { texts, ended } = reading(body, () => body.close());
    await closed;
    expect(texts).toEqual(["a"]);
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20, "silence"))])).toBe("silence");
  });

  test("may be closed after their end: the connection stays", async () => {
    let connections = 0;
    const pool = await poolTo((_, response) => response.end("{}"));
    pool.on("connect", () => connections++);
    for (let call = 0; call < 3; call++) {
      const { body } = await post(pool);
      expect(await textOf(body)).toBe("{}");
      body.close();
    }
    expect(connections).toBe(1);
  });
});

describe("the signal of a call", () => {
  const reason = new Error("the client left");

  test("ends it with its reason: before it, while it waits for a connection, before the head and after it", async () => {
    const { body, pool, closed } = await written("a");
    await expect(post(pool, AbortSignal.abort(reason))).rejects.toBe(reason);

    const second = new AbortController();
    const waiting = post(pool, second.signal);
    second.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    body.close();
    await closed;

    const silent = await poolTo(() => undefined);
    const third = new AbortController();
    const unheard = post(silent, third.signal);
    setTimeout(() => third.abort(reason), 20);
    await expect(unheard).rejects.toBe(reason);
  });

  test("ends it after its head, and a reader that pauses is notified at once", async () => {
    const closed = Promise.withResolvers<void>();
    const pool = await poolTo((_, response) => {
      response.once("close", () => closed.resolve());
      response.write("a");
    });
    const controller = new AbortController();
    const { body } = await post(pool, controller.signal);
    const { texts, ended } = reading(body, () => body.pause());
    await expect.poll(() => texts).toEqual(["a"]);
    controller.abort(reason);
    expect(await ended).toBe(reason);
    await closed.promise;
  });

  test("is released when the response is there", async () => {
    const pool = await poolTo((_, response) => response.end("{}"));
    const controller = new AbortController();
    const { body } = await post(pool, controller.signal);
    expect(await textOf(body)).toBe("{}");
    controller.abort(new Error("too late"));
    expect(await textOf((await post(pool)).body)).toBe("{}");
  });
});
