import { describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startNarrow, untilWaiting } from "../test/narrow-gateway.ts";
import { chat, completion, errorOf, post } from "../test/test-gateway.ts";

const start = (maxRequestsPerEngine: number) => startNarrow({}, { model: { maxRequestsPerEngine } });

/** Lets the engine hang with a request of this body; the function ends it. */
async function hang(gateway: Awaited<ReturnType<typeof start>>, path: string, body: object) {
  const [engine] = gateway.engines;
  if (engine === undefined) throw new Error("the gateway has no engine");
  const before = engine.received.length;
  engine.behaviour.mode = "hang";
  const leaving = new AbortController();
  const sent = post(gateway.url, path, body, {}, { signal: leaving.signal }).catch(() => undefined);
  await eventually(() => expect(engine.received).toHaveLength(before + 1));
  engine.behaviour.mode = "answer";
  return async () => {
    leaving.abort();
    await sent;
  };
}

describe("a request for several completions takes as many slots of an engine as vLLM counts", () => {
  test.each([
    ["/v1/chat/completions", chat({ n: 3 })],
    ["/v1/completions", completion({ n: 3 })],
    ["/v1/completions", completion({ prompt: ["a", "b", "c"] })],
  ])("%s of %j leaves one of four", async (path, body) => {
    const gateway = await start(4);
    const end = await hang(gateway, path, body);
    const two = post(gateway.url, "/v1/completions", completion({ n: 2 }));
    await untilWaiting(gateway, 1);
    expect(gateway.engines[0]?.received).toHaveLength(1);
    await end();
    expect((await two).status).toBe(200);
    expect((await post(gateway.url, "/v1/completions", completion({ n: 4 }))).status).toBe(200);
  });

  test("one that fits beside it is served at once", async () => {
    const gateway = await start(4);
    const end = await hang(gateway, "/v1/completions", completion({ n: 3 }));
    expect((await post(gateway.url, "/v1/completions", completion())).status).toBe(200);
    await end();
  });

  test("more prompts than an engine has slots take all of them", async () => {
    const gateway = await start(4);
    const body = completion({ prompt: Array.from({ length: 9 }, () => "a") });
    for (let round = 0; round < 2; round++) expect((await post(gateway.url, "/v1/completions", body)).status).toBe(200);
  });
});

describe("more completions than an engine works on at once", () => {
  test.each(["/v1/chat/completions", "/v1/completions"])("are a 400 of %s that names the most", async (path) => {
    const gateway = await start(4);
    const body = path === "/v1/completions" ? completion({ n: 5 }) : chat({ n: 5 });
    const error = await errorOf(await post(gateway.url, path, body), 400, "invalid_request");
    expect(error.param).toBe("n");
    expect(error.message).toBe('`n` must be at most 4 for the model "tiny", got 5; send several requests.');
    expect(gateway.engines[0]?.received).toEqual([]);
    expect((await post(gateway.url, path, { ...body, n: 4 })).status).toBe(200);
  });
});
