import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineUnderTest } from "./test/engine-under-test.ts";

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await EngineUnderTest.listen(process.env);
  await engine.load();
});
afterAll(() => engine.stop());

/** Some 540 tokens: the model's tokenizer takes digits one by one. */
const numbers = Array.from({ length: 150 }, (_, index) => `${index}`).join(" ");

describe("scheduling", () => {
  test("a conversation's prefix is computed once and counted", async () => {
    const hits = await engine.metric("vllm:prefix_cache_hits_total");
    const first = await engine.complete({ prompt: `${numbers} and`, max_tokens: 2 });
    const second = await engine.complete({ prompt: `${numbers} or`, max_tokens: 2 });
    const cached = second.usage?.prompt_tokens_details?.cached_tokens ?? 0;
    expect(cached).toBe((first.usage?.prompt_tokens ?? 0) - 1);
    expect((await engine.metric("vllm:prefix_cache_hits_total")) - hits).toBeGreaterThanOrEqual(cached);
  });

  test("several requests decode at once, token by token in turn", async () => {
    const order: number[] = [];
    const read = async (number: number) => {
      const prompt = `Story ${number}:`;
      const response = await engine.post("/v1/completions", { prompt, max_tokens: 12, ignore_eos: true, stream: true });
      for await (const _ of response.body ?? []) order.push(number);
    };
    await Promise.all([0, 1, 2, 3].map(read));
    const last = (number: number) => order.lastIndexOf(number);
    const first = (number: number) => order.indexOf(number);
    // Each had begun before any had ended.
    expect(Math.max(...[0, 1, 2, 3].map(first))).toBeLessThan(Math.min(...[0, 1, 2, 3].map(last)));
  });

  test("a new sequence in a used slot need not wait until busy sequences end", async () => {
    await Promise.all(["A", "B", "C", "D"].map((prompt) => engine.complete({ prompt, max_tokens: 2 })));
    const leaving = new AbortController();
    const long = (prompt: string) =>
      engine.post("/v1/completions", { prompt, max_tokens: 900, ignore_eos: true }, leaving.signal);
    const busy = ["E", "F", "G"].map((prompt) => long(prompt).catch(() => null));
    await engine.until("vllm:num_requests_running", 3);
    await engine.complete({ prompt: "H", max_tokens: 2 });
    expect(await engine.metric("vllm:num_requests_running")).toBe(3);
    leaving.abort();
    await Promise.all(busy);
    await engine.until("vllm:num_requests_running", 0);
  });

  test("a client that leaves frees its slot, also in the middle of a long prompt", async () => {
    for (const prompt of ["Go on:", `Backwards: ${numbers.split(" ").reverse().join(" ")}`]) {
      const leaving = new AbortController();
      const body = { prompt, max_tokens: 300, ignore_eos: true };
      const gone = engine.post("/v1/completions", body, leaving.signal).catch((error: unknown) => error);
      await engine.until("vllm:num_requests_running", 1);
      leaving.abort();
      expect(await gone).toMatchObject({ name: "AbortError" });
      await engine.until("vllm:num_requests_running", 0);
    }
  });

  test("a request over the limit of running and waiting requests gets a 503 with Retry-After", async () => {
    const leaving = new AbortController();
    const body = { prompt: "Go on:", max_tokens: 400, ignore_eos: true };
    const held = Array.from({ length: 6 }, () =>
      engine.post("/v1/completions", body, leaving.signal).catch(() => null),
    );
    await engine.until("vllm:num_requests_waiting", 2);
    expect(await engine.metric("vllm:num_requests_running")).toBe(4);
    const refused = await engine.post("/v1/completions", body);
    const [status, retry, error] = [refused.status, refused.headers.get("retry-after"), await refused.json()];
    expect({ status, retry, error }).toMatchObject({
      status: 503,
      retry: "5",
      error: { error: { code: "overloaded" } },
    });
    leaving.abort();
    await Promise.all(held);
    await engine.until("vllm:num_requests_running", 0);
    expect((await engine.post("/v1/completions", { prompt: "a", max_tokens: 1 })).status).toBe(200);
  });
});
