import { expect, test } from "vitest";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { BATCHES, isOver, openAi, resultsOf, startBatchStorage, submit, until } from "./test/batch-storage.ts";

test.each([
  ["/v1/completions", { prompt: "Once" }, { object: "text_completion" }],
  ["/v1/embeddings", { input: ["a cat", "a dog"] }, { object: "list" }],
  ["/v1/responses", { input: "Say hello." }, { object: "response", status: "completed" }],
] as const)(
  "a batch of %s has a result for each line, and counts its tokens",
  async (endpoint, fields, expectedBody) => {
    const { dynamodb, s3 } = await startBatchStorage();
    const timing = { pollMs: 40, heartbeatMs: 100, leaseMs: 1000, retryMs: 20, failureMs: 50, linesPerSlice: 2 };
    const { url } = await startTestGateway({ config: { batches: BATCHES }, batchStorage: { dynamodb, s3, timing } });
    const client = openAi(url);
    const lines = ["a", "b", "c"].map((name) => ({
      custom_id: name,
      method: "POST",
      url: endpoint,
      body: { model: "tiny", ...fields },
    }));
    const over = await until(client, (await submit(client, lines, endpoint)).id, isOver);
    expect(over).toMatchObject({ status: "completed", request_counts: { total: 3, completed: 3, failed: 0 } });
    const results = await resultsOf(client, over.output_file_id);
    expect(results.map(({ custom_id }) => custom_id).sort()).toEqual(["a", "b", "c"]);
    for (const { response } of results) expect(response).toMatchObject({ status_code: 200, body: expectedBody });
    expect(over.usage).toMatchObject({
      input_tokens: expect.any(Number),
      input_tokens_details: { cached_tokens: expect.any(Number) },
      output_tokens_details: { reasoning_tokens: expect.any(Number) },
    });
    expect(over.usage?.input_tokens).toBeGreaterThan(0);
  },
);
