import { describe, expect, test } from "vitest";
import { send, start } from "../test/cached-gateway.ts";
import { chat, post } from "../test/test-gateway.ts";

describe("the semantic cache", () => {
  const semantic = { embeddingModel: "embedder", threshold: 0.9, maxEntries: 100 };
  /** Two directions for the subject of a prompt, and a little of the text's length. */
  const embed = async (text: string) => {
    if (text.includes("broken")) throw new Error("no embedding");
    return new Float32Array([text.includes("France") ? 1 : 0, text.includes("Spain") ? 1 : 0, text.length / 1000]);
  };
  const prompt = (content: string, fields: Record<string, unknown> = {}) =>
    chat({ temperature: 0, messages: [{ role: "user", content }], ...fields });
  const path = "/v1/chat/completions";

  // documented: semantic-cache-hit
  test("serves a stored response for a prompt of the same meaning, and sends the similarity", async () => {
    const { url } = await start({ embed }, { semantic });
    await send(url, prompt("What is the capital of France?"), {}, path);
    const response = await post(url, path, prompt("Tell me France's capital"));
    expect(response.headers.get("x-sluice-cache-level")).toBe("semantic");
    expect(Number(response.headers.get("x-sluice-cache-similarity"))).toBeGreaterThan(0.99);
    expect((await send(url, prompt("What is the capital of Spain?"), {}, path)).cache).toBe("miss");
  });

  test("compares only where everything else is equal, the tenant first", async () => {
    const { url } = await start({ embed }, { semantic });
    await send(url, prompt("What is the capital of France?"), {}, path);
    const again = "Tell me France's capital";
    const system = { role: "system", content: "Answer in rhyme." };
    for (const [body, headers] of [
      [prompt(again, { max_tokens: 5 }), {}],
      [prompt(again, { messages: [system, { role: "user", content: again }] }), {}],
      [prompt(again, { stream: true }), {}],
      [prompt(again), { "x-sluice-client-ip": "198.51.100.7" }],
    ] as const)
      expect((await send(url, body, headers, path)).cache).toBe("miss");
  });

  test("is not used at another temperature, with tools, or for no-cache", async () => {
    const { url } = await start({ embed }, { semantic });
    await send(url, prompt("What is the capital of France?"), {}, path);
    const again = "Tell me France's capital";
    const tools = [{ type: "function", function: { name: "look_up" } }];
    const on = { "x-sluice-cache": "on" };
    expect((await send(url, prompt(again, { temperature: 0.5 }), on, path)).cache).toBe("miss");
    expect((await send(url, prompt(again, { tools }), {}, path)).cache).toBe("miss");
    expect((await send(url, prompt("The capital of France", {}), { "cache-control": "no-cache" }, path)).cache).toBe(
      "miss",
    );
  });

  // documented: embedding-fails
  test("is a miss when the embedding fails", async () => {
    const { url } = await start({ embed }, { semantic });
    for (let times = 0; times < 2; times++)
      expect((await send(url, prompt(`broken ${times} France`), {}, path)).cache).toBe("miss");
  });
});
