import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { keysTableName, usageTableName } from "../contracts/processes/names.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { subjectLimitsUpdate } from "../domain/limits/subject-limits.ts";
import { windowAt } from "../domain/limits/windows.ts";
import { loadEnvironment } from "../environments/load.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

const MAX_TOKENS = 200;
const ZONE = "Asia/Kathmandu";

// documented: quota-in-the-stack
test("the synthesized stack holds a key's quota of tokens by the month, and counts it in the usage table", async () => {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const api = { ...dev.api, auth: "required" as const, controlApi: true };
  const twin = await startedTwin({ ...dev, api }, { SLUICE_ENGINE_URL: engine.origin });
  const { document } = await stackOwner(twin);
  const key = createKey({ name: "job", plan: "standard", createdAt: new Date() });
  const { keyId } = key.item;
  const TableName = keysTableName("dev");
  await document.send(new PutCommand({ TableName, Item: key.item }));
  const limit = { metric: "tokens", window: "month", max: MAX_TOKENS, timeZone: ZONE } as const;
  const update = subjectLimitsUpdate({ scope: "key", subject: keyId, limits: [limit] }, 0, new Date());
  await document.send(new UpdateCommand({ TableName, ...update }));

  const sdk = new OpenAI({ apiKey: key.secret, baseURL: `${twin.runtime.settings.apiUrl}/v1` });
  const { id } = windowAt("month", ZONE, Date.now());
  let used = 0;
  const useAll = async () => {
    for (;;) {
      const body = { model: "phi-3-mini", messages: [{ role: "user" as const, content: "x" }], max_tokens: 20 };
      const { usage } = await sdk.chat.completions.create(body);
      used += usage?.total_tokens ?? 0;
    }
  };
  // The SDK does not repeat a request without quota.
  const refusal = await useAll().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(OpenAI.RateLimitError);
  expect(refusal).toMatchObject({ status: 429, code: "insufficient_quota" });
  expect(used).toBeGreaterThan(MAX_TOKENS / 2);
  expect(used).toBeLessThanOrEqual(MAX_TOKENS);
  const counted = async () => {
    const Key = { series: `quota key:${keyId}:tokens:month:@${ZONE}`, entry: id };
    return (await document.send(new GetCommand({ TableName: usageTableName("dev"), Key, ConsistentRead: true }))).Item;
  };
  await expect.poll(counted, { timeout: 30_000 }).toMatchObject({ drawn: used, used });
});
