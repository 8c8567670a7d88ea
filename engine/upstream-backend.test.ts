import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { EngineApp } from "./http/app.ts";
import { readSettings } from "./settings/settings.ts";
import { UpstreamBackend } from "./upstream-backend.ts";

const apps: EngineApp[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.drain(0)));
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Seen {
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** An OpenAI-compatible server that serves `llama3.2`; `respond` writes the response to a POST. */
async function start(respond: (response: ServerResponse, request: IncomingMessage) => unknown) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === "GET") {
      return response.end(JSON.stringify({ data: [{ id: "llama3.2", max_model_len: 2048 }] }));
    }
    const body: unknown = JSON.parse(await text(request));
    seen.push({ path: request.url ?? "", body, authorization: request.headers.authorization });
    respond(response, request);
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const upstream = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const env = {
    SLUICE_ENGINE_URL: `${upstream}/v1`,
    SLUICE_ENGINE_KEY: "secret",
    SLUICE_ENGINE_ARGUMENTS: JSON.stringify(["--served-model-name", "phi-3-mini"]),
  };
  const settings = readSettings(env, 2);
  const app = new EngineApp(new UpstreamBackend(settings, settings.upstream!, () => {}), () => {});
  apps.push(app);
  const url = `http://127.0.0.1:${await app.listen(0, "127.0.0.1")}`;
  const post = (path: string, body: object, signal?: AbortSignal) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  return { app, url, post, seen, server };
}

describe("upstream", () => {
  test("responds under the served name, and is called under its own", async () => {
    const { app, url, post, seen } = await start((response) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"model":"llama3.2","choices":[],"n":"$&"}'),
    );
    await app.load();
    const response = await post("/v1/chat/completions", { model: "phi-3-mini", messages: [] });
    expect(await response.json()).toEqual({ model: "phi-3-mini", choices: [], n: "$&" });
    expect(seen).toEqual([
      { path: "/v1/chat/completions", body: { model: "llama3.2", messages: [] }, authorization: "Bearer secret" },
    ]);
    const models = await (await fetch(`${url}/v1/models`)).json();
    expect(models).toMatchObject({ data: [{ id: "phi-3-mini", root: "llama3.2", max_model_len: 2048 }] });
  });

  test("streams pass through event by event, with the name changed and text left alone", async () => {
    const { app, post } = await start(async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        'data: {"model":"llama3.2","choices":[{"delta":{"content":"\\"model\\":\\"x\\" é"}}]}\n\ndata: {"mo',
      );
      setTimeout(() => response.end('del":"llama3.2"}\n\ndata: [DONE]\n\n'), 50);
    });
    await app.load();
    const response = await post("/v1/chat/completions", { model: "phi-3-mini", stream: true });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe(
      'data: {"model":"phi-3-mini","choices":[{"delta":{"content":"\\"model\\":\\"x\\" é"}}]}\n\n' +
        'data: {"model":"phi-3-mini"}\n\ndata: [DONE]\n\n',
    );
  });

  test("is aborted when the client disconnects", async () => {
    const closed = Promise.withResolvers<void>();
    const { app, post } = await start((response) => {
      response.on("close", () => closed.resolve());
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: {}\n\n");
    });
    await app.load();
    const leaving = new AbortController();
    const response = await post("/v1/completions", { model: "phi-3-mini", stream: true }, leaving.signal);
    expect(response.status).toBe(200);
    leaving.abort();
    await closed.promise;
  });

  test("its errors keep their status; its end in a stream becomes an error event", async () => {
    const { app, url, post, server } = await start((response, request) => {
      if (request.url === "/v1/completions") return response.writeHead(429, { "retry-after": "7" }).end('{"error":{}}');
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: {}\n\n", () => response.destroy());
    });
    await app.load();
    const refused = await post("/v1/completions", { model: "phi-3-mini" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "7"]);
    const cut = await (await post("/v1/chat/completions", { model: "phi-3-mini", stream: true })).text();
    expect(cut).toMatch(/^data: {}\n\ndata: {"error":.*"code":"stream_interrupted"/);
    expect((await post("/v1/completions", { model: "other" })).status).toBe(404);

    expect((await fetch(`${url}/health`)).status).toBe(200);
    server.close().closeAllConnections();
    expect((await fetch(`${url}/health`)).status).toBe(503);
    expect((await post("/v1/completions", { model: "phi-3-mini" })).status).toBe(502);
  });
});
