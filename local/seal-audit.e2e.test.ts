import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { auditSealerName, controlTableName, keysTableName } from "../contracts/processes/names.ts";
import { ENV } from "../contracts/processes/process-environment.ts";
import { headFile, segmentFile } from "../domain/audit/chain-files.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { firstAdminKey } from "../domain/tenancy/first-admin-key.ts";
import { loadEnvironment } from "../environments/load.ts";
import { DynamoControlStore } from "../lambdas/administer/store/dynamo-control-store.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { bucketsFolder } from "./services/s3/runtime.ts";
import { startedTwin } from "./test/started-twin.ts";

const NONE = { organization: undefined, email: undefined, user: undefined, invite: undefined };

// documented: sealer-in-the-stack
test("the synthesized function writes a segment and a head of the first admin key's event into its bucket", async () => {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const environment = { ...dev, api: { ...dev.api, auth: "required" as const, controlApi: true } };
  const { runtime } = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
  const { awsUrl, region, workFolder } = runtime.settings;
  const client = new DynamoDBClient({ endpoint: awsUrl, region, credentials: LOCAL_CREDENTIALS });
  onTestFinished(() => client.destroy());
  const document = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const store = new DynamoControlStore(document, { control: controlTableName("dev"), keys: keysTableName("dev") });
  const request = { organizationId: "default", email: "owner@example.com", name: "first", nowMs: Date.now() };
  expect(await store.write("default", firstAdminKey(NONE, request, newAdminKey()).changes)).toBe(true);
  const [, sealer] = [...runtime.lambda.functions].find(([arn]) => arn.includes("AuditSealer")) ?? [];
  await sealer?.invoke({});
  const alarm = [...runtime.cloudwatch.alarms.values()].find(({ name }) => name === "sluice-dev-audit-not-sealed");
  await expect.poll(() => alarm?.state(runtime.cloudwatch.metrics, Date.now() + 60_000)).toBe("OK");
  expect(alarm?.state(runtime.cloudwatch.metrics, Date.now() + 10 * 60_000)).toBe("ALARM");
  const configuration = await fetch(`${awsUrl}/2015-03-31/functions/${auditSealerName("dev")}/configuration`);
  expect(await configuration.json()).toMatchObject({
    Environment: {
      Variables: { [ENV.auditBucket]: expect.stringContaining("audit"), [ENV.auditKey]: expect.any(String) },
    },
  });
  const files = readdirSync(bucketsFolder(workFolder), { recursive: true }).map(String);
  for (const file of [segmentFile(1), headFile(1)])
    expect(files).toContainEqual(expect.stringContaining(join("objects", `=${encodeURIComponent(`default/${file}`)}`)));
});
