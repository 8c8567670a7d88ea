import { expect, test } from "vitest";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { BATCHES, isOver, openAi, resultsOf, startBatchStorage, submit, until } from "./test/batch-storage.ts";

/** Finishes a batch of one line with embeddings, against an engine that responds with this. */
async function embedded(responseBody: string, inputs: number) {
  const { dynamodb, s3 } = await startBatchStorage();
  const timing = { pollMs: 40, heartbeatMs: 100, leaseMs: 1000, retryMs: 20, failureMs: 50, linesPerSlice: 2 };
  const { url, engines } = await startTestGateway({
    engines: [{ mode: { status: 200, body: responseBody } }],
    config: { batches: BATCHES },
    batchStorage: { dynamodb, s3, timing },
  });
  const client = openAi(url);
  const body = { model: "tiny", input: Array.from({ length: inputs }, () => "x") };
  const lines = [{ custom_id: "a", method: "POST", url: "/v1/embeddings", body }];
  const over = await until(client, (await submit(client, lines, "/v1/embeddings")).id, isOver);
  const fileId = over.output_file_id ?? over.error_file_id;
  return { over, results: await resultsOf(client, fileId), calls: engines[0]?.received.length };
}

const embeddings = (inputs: number, dimensions: number) => ({
  object: "list",
  data: Array.from({ length: inputs }, (_, index) => ({
    object: "embedding",
    index,
    embedding: Array.from({ length: dimensions }, (_, at) => (at + 1) / 7),
  })),
  model: "tiny",
  usage: { prompt_tokens: 7, total_tokens: 7 },
});

test("a response of some lines and megabytes is on one line of the output file, and counts its tokens", async () => {
  const response = embeddings(40, 3000);
  const { over, results } = await embedded(JSON.stringify(response, null, 1), 40);
  expect(over).toMatchObject({ request_counts: { total: 1, completed: 1, failed: 0 }, usage: { input_tokens: 7 } });
  expect(results).toHaveLength(1);
  expect(results[0]?.response?.body).toEqual(response);
});

test("a response over 8 MiB is an error, and its request is sent once", async () => {
  const { over, results, calls } = await embedded(JSON.stringify(embeddings(170, 3000)), 170);
  expect(over).toMatchObject({ request_counts: { total: 1, completed: 0, failed: 1 } });
  expect(results[0]?.response).toMatchObject({ status_code: 500, body: { error: { code: "answer_too_large" } } });
  expect(calls).toBe(1);
});

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
