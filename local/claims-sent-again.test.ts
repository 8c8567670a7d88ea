import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { BatchTable } from "../gateway/store/batch-table.ts";
import { sentAgain } from "../gateway/test/sent-again.ts";
import { StripeTable } from "../lambdas/report-stripe/stripe-table.ts";
import { NoticeTable } from "../lambdas/send-notices/notice-table.ts";
import { bind } from "./http/server.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { LocalDynamoDb } from "./services/dynamodb/local-dynamodb.ts";
import { controlTable } from "./test/control-table.ts";

/** The tables of the control API, by a client whose conditional writes arrive twice. */
async function started() {
  const { document, name, usageTable } = await controlTable();
  const client = sentAgain(document) as DynamoDBDocumentClient;
  return { client, tables: { control: name, usage: usageTable } };
}

// documented: claims-sent-again
test("a run that sends notices is the only one, also where its beginning arrives twice", async () => {
  const { client, tables } = await started();
  const table = new NoticeTable(client, tables);
  expect([await table.begin(1000, 51_000), await table.begin(2000, 52_000)]).toEqual([true, false]);
  await table.end(51_000);
  expect([await table.begin(3000, 53_000), await table.begin(54_000, 104_000)]).toEqual([true, true]);
});

test("of two runs that report the same sum to Stripe one claims it, also where its claim arrives twice", async () => {
  const { client, tables } = await started();
  const table = new StripeTable(client, tables);
  const sum = { name: "chargeNanoUsd", customer: "cus_1", hour: 1_790_000_000 - (1_790_000_000 % 3600) } as const;
  const claims = await Promise.all([table.claim(sum, 0, 5, 1000), table.claim(sum, 0, 5, 1000)]);
  expect(claims.toSorted()).toEqual([false, true]);
  await table.settle(sum, 0, 5);
  expect([await table.claim(sum, 0, 7, 2000), await table.claim(sum, 5, 7, 2000)]).toEqual([false, true]);
});

test("a batch's item that the SDK writes again, as the connection was cut off in place of a response, is the process's own", async () => {
  const dynamodb = new LocalDynamoDb(undefined);
  const cut: string[] = [];
  const bound = await bind(0, "", (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    if (/^(Put|Update)/.test(operation) && cut.at(-1) !== operation) {
      cut.push(operation);
      response.end = () => response.destroy();
    }
    dynamodb.handle(request, response);
  });
  const settings = {
    endpoint: `http://127.0.0.1:${bound.port}`,
    region: "us-east-1",
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 3,
  };
  const base = new DynamoDBClient(settings);
  onTestFinished(async () => {
    base.destroy();
    await bound.close();
    await dynamodb.close();
  });
  const attribute = ["pk", "sk"].map((name) => ({ name, type: "S" }));
  const config = { name: "batches", hash_key: "pk", range_key: "sk", attribute };
  await dynamodb.createTable(config);
  const table = new BatchTable({ client: DynamoDBDocumentClient.from(base), tableName: "batches" });
  const key = { pk: "a", sk: "b" };
  expect(await table.putNew(key, { state: "open" })).toBe(true);
  const isOpen = { that: "#state = :open", values: { open: "open" } };
  expect(await table.update(key, { set: { state: "closed" } }, isOpen)).toMatchObject({ state: "closed" });
  expect(await table.update(key, { set: { state: "gone" } }, isOpen)).toBeUndefined();
  expect(await table.putNew(key, { state: "other" })).toBe(false);
  expect(cut).toEqual(["PutItem", "UpdateItem", "PutItem"]);
});
