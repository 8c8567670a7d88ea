import { expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");

const semantic = { embeddingModel: "phi-3-mini", threshold: 0.8, maxEntries: 100 };

// documented: semantic-cache-paraphrase
test("the semantic cache serves a paraphrase, by real vectors, and no other prompt", async () => {
  const { HOME = "", XDG_CACHE_HOME } = process.env;
  const paths = { HOME, ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }) };
  const twin = await startedTwin({ ...dev, cache: { ...dev.cache!, semantic } }, paths);
  const complete = async (content: string) => {
    const response = await fetch(`${twin.runtime.settings.apiUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "phi-3-mini",
        messages: [{ role: "user", content }],
        max_tokens: 6,
        temperature: 0,
      }),
    });
    const { headers } = response;
    const similarity = Number(headers.get("x-sluice-cache-similarity") ?? Number.NaN);
    return { text: await response.text(), level: headers.get("x-sluice-cache-level"), similarity };
  };
  // Loads the embedding model: its first vector takes longer than the cache waits.
  await fetch(`${twin.runtime.settings.apiUrl}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "phi-3-mini", input: "a" }),
  });
  const first = await complete("How do I reset my password?");
  expect(first.level).toBeNull();
  const again = await complete("What is the way to change a forgotten password?");
  expect(again).toMatchObject({ level: "semantic", text: first.text });
  expect(again.similarity).toBeCloseTo(0.809, 2);
  expect((await complete("How did the stock market do today?")).level).toBeNull();
});
