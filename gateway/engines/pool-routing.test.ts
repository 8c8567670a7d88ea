import { describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { chat, post, startTestGateway } from "../test/test-gateway.ts";

const idle = { running: 0, waiting: 0, kvCacheUsage: 0, startedAt: 1_700_000_000 };
const document = "The rules of the house are these. ".repeat(200);

/** A prompt of its own about the same long document. */
const aboutDocument = (index: number) =>
  chat({
    messages: [
      { role: "system", content: document },
      { role: "user", content: `Question ${index}: why?` },
    ],
  });

const countsOf = (engines: readonly { readonly received: readonly unknown[] }[]) =>
  engines.map(({ received }) => received.length);

describe("routing inside a pool", () => {
  test("sends what begins alike to the engine that has read it, as long as it is not busy", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ load: idle }, { load: idle }, { load: idle }] });
    for (let index = 0; index < 9; index++) await post(url, "/v1/chat/completions", aboutDocument(index));
    expect(countsOf(engines).toSorted()).toEqual([0, 0, 9]);
  });

  // documented: routing-by-load
  test("avoids an engine that reports a load of other gateways' requests", async () => {
    const { url, engines } = await startTestGateway({
      engines: [{ load: { ...idle, running: 50, waiting: 20 } }, { load: idle }],
    });
    for (let index = 0; index < 10; index++)
      await post(url, "/v1/chat/completions", chat({ messages: [{ role: "user", content: `Hello ${index}` }] }));
    expect(countsOf(engines)).toEqual([0, 10]);
  });

  test("avoids a busy engine that does not report its load", async () => {
    const { url, engines } = await startTestGateway({ engines: [{}, { load: idle }] });
    for (let index = 0; index < 10; index++)
      await post(url, "/v1/chat/completions", chat({ messages: [{ role: "user", content: `Hello ${index}` }] }));
    expect(countsOf(engines)).toEqual([0, 10]);
  });

  test("forgets the work of clients that left", async () => {
    const behaviour = { load: idle, firstByteMs: 60_000 };
    const { url, engines } = await startTestGateway({ engines: [behaviour, behaviour] });
    const leaving = new AbortController();
    const left = Array.from({ length: 8 }, (_, index) =>
      post(url, "/v1/chat/completions", { ...aboutDocument(index), stream: true }, {}, { signal: leaving.signal }),
    );
    await eventually(() => expect(countsOf(engines).reduce((sum, count) => sum + count)).toBe(8));
    leaving.abort();
    await Promise.allSettled(left);
    await eventually(() =>
      expect(engines.flatMap(({ received }) => received.map(({ aborted }) => aborted))).not.toContain(false),
    );
    for (const engine of engines) engine.behaviour.firstByteMs = 0;
    const before = countsOf(engines);
    await Promise.all(Array.from({ length: 8 }, (_, index) => post(url, "/v1/chat/completions", aboutDocument(index))));
    const after = countsOf(engines).map((count, index) => count - (before[index] ?? 0));
    expect(Math.max(...after) - Math.min(...after), after.join(", ")).toBeLessThanOrEqual(4);
  });

  test("has metrics for the part of the prompts that was probably cached", async () => {
    const { url, metricsUrl } = await startTestGateway({ engines: [{ load: idle }, { load: idle }] });
    for (let index = 0; index < 4; index++) await post(url, "/v1/chat/completions", aboutDocument(index));
    const text = await (await fetch(metricsUrl)).text();
    const tokens = (cached: string) =>
      Number(
        new RegExp(`sluice_routed_prompt_tokens_total\\{model="tiny",cached="${cached}"\\} (\\d+)`).exec(text)?.[1],
      );
    // Three times all but the end of 6,800 bytes, and once all of them.
    expect(tokens("yes")).toBe(3 * 13 * 128);
    expect(tokens("no")).toBeGreaterThan(1700);
    expect(tokens("no")).toBeLessThan(2500);
  });
});
