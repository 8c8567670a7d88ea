import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { keysTableName, usageTableName } from "../contracts/processes/names.ts";
import { USAGE_SUMS } from "../contracts/usage/usage-counter.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { histogramOf, percentilesOf } from "../domain/usage/latency-histogram.ts";
import { usageRangesOf } from "../domain/usage/usage-ranges.ts";
import { addSums, readSums } from "../domain/usage/usage-sums.ts";
import { loadEnvironment } from "../environments/load.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

// documented: usage-in-the-stack
test("the synthesized stack counts the requests of a key: gateway, bucket, function and table", async () => {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const api = { ...dev.api, auth: "required" as const, controlApi: true };
  const usage = { ...(dev.usage ?? expect.fail("dev has usage")), fileSeconds: 1 };
  const twin = await startedTwin({ ...dev, api, usage }, { SLUICE_ENGINE_URL: engine.origin });
  const { document } = await stackOwner(twin);
  const key = createKey({ name: "job", plan: "standard", createdAt: new Date() });
  await document.send(new PutCommand({ TableName: keysTableName("dev"), Item: key.item }));
  const sdk = new OpenAI({ apiKey: key.secret, baseURL: `${twin.runtime.settings.apiUrl}/v1`, maxRetries: 0 });
  const begin = Date.now() / 1000;
  let tokens = 0;
  for (let count = 0; count < 5; count++) {
    const messages = [{ role: "user" as const, content: `x ${count}` }];
    const completion = await sdk.chat.completions.create({ model: "phi-3-mini", messages });
    tokens += completion.usage?.completion_tokens ?? 0;
  }
  const request = { width: "1m", grouping: "key", start: begin, end: begin + 300 } as const;
  const counted = async () => {
    const pages = await Promise.all(
      usageRangesOf(request, [key.item.keyId]).map(({ series, from, to }) =>
        document.send(
          new QueryCommand({
            TableName: usageTableName("dev"),
            KeyConditionExpression: "series = :series AND entry BETWEEN :from AND :to",
            ExpressionAttributeValues: { ":series": series, ":from": from, ":to": to },
            ConsistentRead: true,
          }),
        ),
      ),
    );
    const none = readSums({});
    return pages.flatMap(({ Items = [] }) => Items.map(readSums)).reduce(addSums, none);
  };
  await expect
    .poll(counted, { timeout: 30_000 })
    .toMatchObject({ requests: 5, failedRequests: 0, outputTokens: tokens });
  expect(Object.keys(await counted())).toEqual(expect.arrayContaining([...USAGE_SUMS]));
  expect(percentilesOf(histogramOf(await counted(), "duration"))?.count).toBe(5);
});
