import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { CLOSED_PORT } from "../../test-support/closed-port.ts";
import { call, serve } from "../test/tools.ts";
import { endToEnd, type RelayTarget, relay, relayAgent } from "./relay.ts";

/** A server that relays all requests to `port`; `events` has the outcomes. */
async function relayTo(port: number, settings: Partial<RelayTarget> = {}) {
  const agent = relayAgent();
  onTestFinished(() => agent.destroy());
  const events: string[] = [];
  const front = await serve((request, response) => {
    const headers = endToEnd(request.headers);
    const target = { port, path: request.url ?? "/", headers, silenceMs: 15_000, silenceCutsStream: true, ...settings };
    relay(request, response, target, agent, {
      responseHeaders: () => ({ "x-added": "yes" }),
      timedOut: () => {
        events.push("timed out");
        response.writeHead(504).end();
      },
      failed: () => {
        events.push("failed");
        response.writeHead(502).end();
      },
      finished: () => events.push("finished"),
    });
  });
  return { front, events };
}

/** Opens a request and returns its response as soon as the headers are there. A POST's body never ends. */
async function open(port: number, method = "GET") {
  const outgoing = send({ host: "127.0.0.1", port, method, agent: false });
  outgoing.on("error", () => {});
  if (method === "GET") outgoing.end();
  else outgoing.write("x".repeat(100_000));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  response.on("error", () => {});
  return { outgoing, response };
}

describe("a request passes on", () => {
  test("with method, path, headers and body, without those of the connection", async () => {
    const target = await serve((request, response) => {
      const chunks: string[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
      request.on("end", () => {
        const { method, url, headers } = request;
        response.end(JSON.stringify({ method, url, body: chunks.join(""), headers }));
      });
    });
    const { front, events } = await relayTo(target);
    const headers = { "x-team": "a", te: "trailers", "content-type": "text/plain" };
    const { body } = await call(front, "/a?b=c", { method: "PUT", headers, body: "hello" });
    const got = JSON.parse(body);
    expect(got).toMatchObject({ method: "PUT", url: "/a?b=c", body: "hello", headers: { "x-team": "a" } });
    expect(got.headers).not.toHaveProperty("te");
    await expect.poll(() => events).toEqual(["finished"]);
  });

  test("and the response comes back with status and headers, and the added ones", async () => {
    const target = await serve((_request, response) => {
      response
        .writeHead(418, { "set-cookie": ["a=1", "b=2"], "x-kind": "tea", "keep-alive": "timeout=99" })
        .end("short");
    });
    const { front } = await relayTo(target);
    const { status, headers, body } = await call(front, "/");
    expect({ status, body }).toEqual({ status: 418, body: "short" });
    expect(headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-kind": "tea", "x-added": "yes" });
    expect(headers["keep-alive"]).not.toBe("timeout=99");
  });

  test("a response to HEAD has its headers and no body", async () => {
    const target = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "5" }).end();
    });
    const { front } = await relayTo(target);
    const { status, headers, body } = await call(front, "/", { method: "HEAD" });
    expect({ status, length: headers["content-length"], body }).toEqual({ status: 200, length: "5", body: "" });
  });

  test("each chunk reaches the client before the next one is written", async () => {
    let next: (text: string) => void = () => {};
    const target = await serve((_request, response) => {
      response.writeHead(200);
      response.write("one");
      next = (text) => response.end(text);
    });
    const { front } = await relayTo(target);
    const { response: received } = await open(front);
    const [first] = await once(received, "data");
    expect(String(first)).toBe("one");
    next("two");
    const [second] = await once(received, "data");
    expect(String(second)).toBe("two");
  });
});

describe("what goes wrong at the target", () => {
  test("a refused connection is a failure", async () => {
    const { front, events } = await relayTo(CLOSED_PORT);
    expect((await call(front, "/")).status).toBe(502);
    expect(events).toEqual(["failed", "finished"]);
  });

  test("a connection that breaks before the response is a failure", async () => {
    const target = await serve((request) => request.socket.destroy());
    const { front, events } = await relayTo(target);
    expect((await call(front, "/")).status).toBe(502);
    expect(events).toEqual(["failed", "finished"]);
  });

  test("silence is a timeout, and the target sees its request aborted", async () => {
    const aborted = Promise.withResolvers<string>();
    const target = await serve((_request, response) => {
      response.on("close", () => aborted.resolve("aborted"));
    });
    const { front, events } = await relayTo(target, { silenceMs: 100 });
    expect((await call(front, "/")).status).toBe(504);
    expect(events).toEqual(["timed out", "finished"]);
    expect(await aborted.promise).toBe("aborted");
  });

  test("silence or a break within the response breaks the client's connection instead of ending the response", async () => {
    const silent = await serve((_request, response) => void response.writeHead(200).write("part"));
    const breaking = await serve((request, response) => {
      response.writeHead(200).write("part", () => request.socket.destroy());
    });
    for (const target of [silent, breaking]) {
      const { front, events } = await relayTo(target, { silenceMs: 200 });
      await expect(call(front, "/")).rejects.toThrow("aborted");
      await expect.poll(() => events).toEqual(["finished"]);
    }
  });

  test("silence within the response is allowed where the limit is for the first byte only", async () => {
    let end: () => void = () => {};
    const target = await serve((_request, response) => {
      response.writeHead(200).write("part");
      end = () => response.end("!");
    });
    const { front } = await relayTo(target, { silenceMs: 100, silenceCutsStream: false });
    const { response: received } = await open(front);
    let text = "";
    received.on("data", (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    end();
    await once(received, "end");
    expect(text).toBe("part!");
  });

  test("an early response to a large body arrives whole, though the target reads no further", async () => {
    const target = await serve((request, response) => {
      response.writeHead(413, { connection: "close" });
      response.end("too large", () => setTimeout(() => request.socket.destroy(), 50));
    });
    const { front } = await relayTo(target);
    const { outgoing, response: received } = await open(front, "POST");
    let text = "";
    received.on("data", (chunk) => {
      text += chunk;
    });
    await once(received, "end");
    outgoing.destroy();
    expect([received.statusCode, text]).toEqual([413, "too large"]);
  });
});

describe("a client that leaves", () => {
  test("within the response aborts the target's work", async () => {
    const aborted = Promise.withResolvers<string>();
    const target = await serve((_request, response) => {
      response.on("close", () => aborted.resolve("aborted"));
      response.writeHead(200).write("part");
    });
    const { front, events } = await relayTo(target);
    const { outgoing, response: received } = await open(front);
    await once(received, "data");
    outgoing.destroy();
    expect(await aborted.promise).toBe("aborted");
    await expect.poll(() => events).toEqual(["finished"]);
  });

  test("before the response aborts the target's work, and is no failure of the target's", async () => {
    const aborted = Promise.withResolvers<string>();
    const arrived = Promise.withResolvers<void>();
    const target = await serve((_request, response) => {
      response.on("close", () => aborted.resolve("aborted"));
      arrived.resolve();
    });
    const { front, events } = await relayTo(target);
    const outgoing = send({ host: "127.0.0.1", port: front, agent: false });
    outgoing.on("error", () => {});
    outgoing.end();
    await arrived.promise;
    outgoing.destroy();
    expect(await aborted.promise).toBe("aborted");
    expect(events).toEqual(["finished"]);
  });

  test("in the middle of its upload aborts the target's work", async () => {
    const aborted = Promise.withResolvers<string>();
    const arrived = Promise.withResolvers<void>();
    const target = await serve((request, response) => {
      response.on("close", () => aborted.resolve("aborted"));
      request.once("data", () => arrived.resolve());
    });
    const { front } = await relayTo(target);
    const outgoing = send({ host: "127.0.0.1", port: front, method: "POST", agent: false });
    outgoing.on("error", () => {});
    outgoing.write("half of it");
    await arrived.promise;
    outgoing.destroy();
    expect(await aborted.promise).toBe("aborted");
  });

  test("before its request was passed on does not reach the target", async () => {
    let calls = 0;
    const target = await serve((_request, response) => {
      calls += 1;
      response.end();
    });
    const agent = relayAgent();
    onTestFinished(() => agent.destroy());
    const events: string[] = [];
    const arrived = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const front = await serve((request, response) => {
      arrived.resolve();
      response.on("close", () => {
        const settings = { port: target, path: "/", headers: {}, silenceMs: 1000, silenceCutsStream: true };
        const unwanted = () => events.push("unwanted");
        const finished = () => void events.push("finished");
        relay(request, response, settings, agent, {
          responseHeaders: () => ({}),
          timedOut: unwanted,
          failed: unwanted,
          finished,
        });
        over.resolve();
      });
    });
    const outgoing = send({ host: "127.0.0.1", port: front, agent: false });
    outgoing.on("error", () => {});
    outgoing.end();
    await arrived.promise;
    outgoing.destroy();
    await over.promise;
    await call(target, "/");
    expect([events, calls]).toEqual([["finished"], 1]);
  });
});
