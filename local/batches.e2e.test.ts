import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StartedStack } from "../test-support/started-stack.ts";

/** A batch against the whole of `npm start`: API Gateway's limits, table and bucket of the stacks, a real model. */
let stack: StartedStack;

beforeAll(async () => {
  stack = await StartedStack.start();
});
afterAll(async () => {
  await stack?.stop();
  stack?.remove();
});

test("five lines get responses of the real model, through the API as deployed", async () => {
  const { output } = await stack.run("cli/sluice.ts", "keys", "create", "--name", "batches");
  const [apiKey = ""] = output.split("\n");
  const client = new OpenAI({ baseURL: `${stack.state.apiUrl}/v1`, apiKey, maxRetries: 2 });
  const lines = ["red", "green", "blue", "black", "white"].map((word) =>
    JSON.stringify({
      custom_id: word,
      method: "POST",
      url: "/v1/chat/completions",
      body: { model: "phi-3-mini", messages: [{ role: "user", content: `Say ${word}` }], max_tokens: 8 },
    }),
  );
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines.join("\n")), "lines.jsonl"),
    purpose: "batch",
  });
  let batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
  });
  // Requests stay under the limit of 100 a minute.
  for (let tries = 0; tries < 60 && !["completed", "failed"].includes(batch.status); tries++) {
    await sleep(2000);
    batch = await client.batches.retrieve(batch.id);
  }
  expect(batch).toMatchObject({ status: "completed", request_counts: { total: 5, completed: 5, failed: 0 } });
  const text = await (await client.files.content(batch.output_file_id ?? "")).text();
  const results = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(results.map(({ custom_id: id }) => id).sort()).toEqual(["black", "blue", "green", "red", "white"]);
  for (const { response } of results) expect(response.body.usage.completion_tokens).toBeGreaterThan(0);
  expect(batch.usage?.output_tokens).toBeGreaterThan(0);
  await client.files.delete(file.id);
  expect((await client.files.list()).data.map(({ id }) => id)).toEqual([batch.output_file_id]);
}, 240_000);
