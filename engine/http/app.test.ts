import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { EngineApp } from "./app.ts";
import type { Backend } from "./backend.ts";
import { type Handler, readJson, sendJson } from "./handler.ts";
import { EventStream } from "./sse.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function start(handler: Handler) {
  const events: string[] = [];
  const backend: Backend = {
    load: async () => {},
    isHealthy: async () => true,
    endpoints: { "/v1/completions": { POST: handler } },
    close: async () => {},
  };
  const app = new EngineApp(backend, (event) => events.push(event));
  const url = `http://127.0.0.1:${await app.listen(0, "127.0.0.1")}`;
  const post = (body: string, type = "application/json") =>
    fetch(`${url}/v1/completions`, { method: "POST", body, headers: { "content-type": type } });
  return { app, url, post, events };
}
const echo: Handler = async ({ request, response }) => sendJson(response, 200, await readJson(request));
const drained = (app: EngineApp) => ends.push(() => app.drain(0));

describe("engine app", () => {
  test("unknown paths, methods, content types and broken bodies get the catalogue's errors", async () => {
    const { app, url, post } = await start(echo);
    drained(app);
    const codes = [
      await fetch(`${url}/v1/nothing`),
      await fetch(`${url}/v1/completions`),
      await post("{}", "text/plain"),
      await post("{"),
    ];
    expect(codes.map(({ status }) => status)).toEqual([404, 405, 415, 400]);
    expect(codes[1]?.headers.get("allow")).toBe("POST");
    expect(await codes[3]?.json()).toMatchObject({ error: { code: "invalid_json", type: "invalid_request_error" } });
    expect((await post('{"a":1}; charset=x'.slice(0, 7))).status).toBe(200);
  });

  test("a body over the limit is refused", async () => {
    const { app, post } = await start(echo);
    drained(app);
    expect((await post(`"${"x".repeat(9 * 2 ** 20)}"`)).status).toBe(413);
  });

  test("an unexpected error shows the client neither message nor stack", async () => {
    const { app, post, events } = await start(() => Promise.reject(new Error("secret")));
    drained(app);
    const response = await post("{}");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(events).toContain("request failed");
  });

  test("an error in a stream is its last event", async () => {
    const { app, post } = await start(async ({ response, signal }) => {
      await new EventStream(response, signal).send({ a: 1 });
      throw new Error("broken");
    });
    drained(app);
    const lines = (await (await post("{}")).text()).split("\n\n");
    expect(lines[1]).toMatch(/"code":"internal_error"/);
    expect(lines[2]).toBe("data: [DONE]");
  });

  test("a drain lets the open request finish, takes no other, and aborts what is late", async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { app, url, post } = await start(async ({ response }) => {
      begun.resolve();
      await finish.promise;
      sendJson(response, 200, { done: true });
    });
    const response = post("{}");
    await begun.promise;
    const end = app.drain(60_000);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    finish.resolve();
    expect(await (await response).json()).toEqual({ done: true });
    await end;

    const late = await start(async ({ signal }) => {
      await once(signal, "abort");
      signal.throwIfAborted();
    });
    const cut = late.post("{}");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await late.app.drain(0);
    expect((await cut).status).toBe(503);
    expect(late.events).toEqual(["listening", "draining", "stopped"]);
  });
});
