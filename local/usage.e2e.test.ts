import { readdirSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
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
import { eventually } from "../test-support/waits/eventually.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { notificationsFolder } from "./services/s3/runtime.ts";
import { type OnEnd, type StartedTwinOptions, startedTwin } from "./test/started-twin.ts";
import { temporaryFolder } from "./test/tools.ts";
import type { Twin } from "./twin.ts";

/** A client of a running stack's tables. */
function tablesOf({ runtime }: Twin, onEnd: OnEnd = onTestFinished): DynamoDBDocumentClient {
  const { awsUrl, region } = runtime.settings;
  const client = new DynamoDBClient({ endpoint: awsUrl, region, credentials: LOCAL_CREDENTIALS });
  onEnd(() => client.destroy());
  return DynamoDBDocumentClient.from(client);
}

/** The stack of dev, with a client of a key and what is counted for it. @param fileSeconds seconds of events in one file */
async function countedStack(fileSeconds: number) {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const api = { ...dev.api, auth: "required" as const, controlApi: true };
  const usage = { ...(dev.usage ?? expect.fail("dev has usage")), fileSeconds };
  const key = createKey({ name: "job", plan: "standard", createdAt: new Date() });
  const start = (options: StartedTwinOptions = {}) =>
    startedTwin({ ...dev, api, usage }, { SLUICE_ENGINE_URL: engine.origin }, options);
  /** Sends five requests. @returns tokens of their completions */
  const send = async ({ runtime }: Twin): Promise<number> => {
    const sdk = new OpenAI({ apiKey: key.secret, baseURL: `${runtime.settings.apiUrl}/v1`, maxRetries: 0 });
    let tokens = 0;
    for (let count = 0; count < 5; count++) {
      const messages = [{ role: "user" as const, content: `x ${count}` }];
      const completion = await sdk.chat.completions.create({ model: "phi-3-mini", messages });
      tokens += completion.usage?.completion_tokens ?? 0;
    }
    return tokens;
  };
  const begin = Date.now() / 1000;
  const counted = async (document: DynamoDBDocumentClient) => {
    const request = { width: "1m", grouping: "key", start: begin, end: begin + 600 } as const;
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
    return pages.flatMap(({ Items = [] }) => Items.map(readSums)).reduce(addSums, readSums({}));
  };
  const withKey = async (document: DynamoDBDocumentClient) =>
    document.send(new PutCommand({ TableName: keysTableName("dev"), Item: key.item }));
  return { start, send, counted, withKey };
}

// documented: usage-in-the-stack
test("the synthesized stack counts the requests of a key: gateway, bucket, function and table", async () => {
  const { start, send, counted, withKey } = await countedStack(1);
  const twin = await start();
  const document = tablesOf(twin);
  await withKey(document);
  const tokens = await send(twin);
  await expect
    .poll(() => counted(document), { timeout: 30_000 })
    .toMatchObject({ requests: 5, failedRequests: 0, outputTokens: tokens });
  expect(Object.keys(await counted(document))).toEqual(expect.arrayContaining([...USAGE_SUMS]));
  expect(percentilesOf(histogramOf(await counted(document), "duration"))?.count).toBe(5);
});

// documented: usage-after-a-stop
test("usage whose file is written while the stack stops is counted once by the next start, and the stop prints nothing", async () => {
  const { start, send, counted, withKey } = await countedStack(900);
  const folder = temporaryFolder();
  const lines: string[] = [];
  const ends: (() => void | Promise<void>)[] = [];
  const end = async () => {
    for (const one of ends.splice(0).toReversed()) await one();
  };
  onTestFinished(end);
  const onEnd: OnEnd = (one) => void ends.push(one);
  const started = async () => {
    const twin = await start({ folder, report: (line) => void lines.push(line), onEnd });
    return { twin, document: tablesOf(twin, onEnd) };
  };
  const first = await started();
  await withKey(first.document);
  const once = { requests: 5, outputTokens: await send(first.twin) };
  lines.length = 0;
  await end();
  expect(lines).toEqual([]);
  const second = await started();
  await expect.poll(() => counted(second.document), { timeout: 30_000 }).toMatchObject(once);
  await eventually(() => expect(readdirSync(notificationsFolder(folder))).toEqual([]));
  expect(await counted(second.document)).toMatchObject(once);
});
