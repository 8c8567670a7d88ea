import { describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { cold, send, start } from "../test/cached-gateway.ts";
import { eventsOf, post } from "../test/test-gateway.ts";

describe("a stream in the cache", () => {
  const stream = (fields: Record<string, unknown> = {}) => cold({ stream: true, ...fields });

  // documented: cached-stream
  test("comes again byte for byte, as a stream", async () => {
    const { url, engines } = await start();
    const first = await send(url, stream());
    const second = await send(url, stream());
    expect(second).toMatchObject({ cache: "hit", saved: "10", type: "text/event-stream; charset=utf-8" });
    expect(second.text).toBe(first.text);
    expect(eventsOf(second.text).at(-1)).toBe("[DONE]");
    expect(engines[0]?.received).toHaveLength(1);
  });

  test("has the usage event for a client that requested it, and not for one that did not, whichever came first", async () => {
    const { url, engines } = await start();
    const wanting = stream({ stream_options: { include_usage: true } });
    const fresh = await send(url, stream(), { "cache-control": "no-cache" });
    const withUsage = await send(url, wanting);
    expect(withUsage.cache).toBe("hit");
    expect(eventsOf(withUsage.text).filter((event) => event.includes('"usage"'))).toHaveLength(1);
    expect((await send(url, stream())).text).toBe(fresh.text);
    expect((await send(url, wanting, { "cache-control": "no-cache" })).text).toBe(withUsage.text);
    expect((await send(url, stream())).text).toBe(fresh.text);
    expect(engines[0]?.received).toHaveLength(2);
  });

  test("is stored apart from the whole response", async () => {
    const { url } = await start();
    await send(url, stream());
    const whole = await send(url, cold());
    expect(whole).toMatchObject({ cache: "miss", type: "application/json" });
    expect(JSON.parse(whole.text)).toMatchObject({ object: "text_completion" });
  });

  test("is passed on while it is recorded: its first token does not wait for its last", async () => {
    const { url } = await start({ engines: [{ tokens: 2, stallsAfterTokens: 1 }] });
    const response = await post(url, "/v1/completions", stream());
    const first = await response.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('"text":"w0"');
  });

  test("can be read by the official client, fresh and replayed", async () => {
    const { default: OpenAI } = await import("openai");
    const { url } = await start();
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none" });
    const texts: string[] = [];
    for (let times = 0; times < 2; times++) {
      let text = "";
      const events = await client.chat.completions.create({
        model: "tiny",
        temperature: 0,
        stream: true,
        messages: [{ role: "user", content: "Hello" }],
      });
      for await (const event of events) text += event.choices[0]?.delta.content ?? "";
      texts.push(text);
    }
    expect(texts[0]).not.toBe("");
    expect(texts[1]).toBe(texts[0]);
  });

  test("is forgotten when the engine dies, or when the client leaves, in the middle of it", async () => {
    const { url, engines, log } = await start({ engines: [{ tokens: 4, intervalMs: 20, diesAfterTokens: 2 }] });
    const engine = engines[0];
    if (engine === undefined) throw new Error("no engine");
    expect((await send(url, stream())).text).toContain("stream_interrupted");
    engine.behaviour.diesAfterTokens = undefined;
    engine.behaviour.stallsAfterTokens = 2;
    const leaving = new AbortController();
    const response = await post(url, "/v1/completions", stream(), {}, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await eventually(() => expect(log().some((line) => line.aborted === true)).toBe(true));
    engine.behaviour.stallsAfterTokens = undefined;
    expect((await send(url, stream())).cache).toBe("miss");
    expect((await send(url, stream())).cache).toBe("hit");
  });

  test("is forgotten when it is longer than an entry may be, and the client gets all of it", async () => {
    const { url, metricsUrl } = await start({ engines: [{ tokens: 40, tokenBytes: 64 * 1024 }] });
    for (let times = 0; times < 2; times++) {
      const { cache, text } = await send(url, stream());
      expect(cache).toBe("miss");
      expect(eventsOf(text)).toHaveLength(42);
    }
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toContain('sluice_cache_bytes{part="recordings"} 0');
    expect(metrics).toContain('sluice_cache_bytes{part="answers"} 0');
  });
});
