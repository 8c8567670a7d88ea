import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { TableMoved } from "./change-store.ts";
import { ChangesLock } from "./changes-lock.ts";
import { DynamoChangeStore } from "./dynamo-change-store.ts";

async function start() {
  const client = await startDynamoTable("routes", "section", "id");
  const clock = { ms: 1_000_000 };
  /** A client after whose first call so much time has passed. */
  const suspended = (milliseconds: number): Pick<DynamoDBDocumentClient, "send"> => {
    let calls = 0;
    const send = async (...parameters: Parameters<DynamoDBDocumentClient["send"]>) => {
      const response = await client.send(...parameters);
      if (calls++ === 0) clock.ms += milliseconds;
      return response;
    };
    return { send: send as DynamoDBDocumentClient["send"] };
  };
  const lockOf = (by: Pick<DynamoDBDocumentClient, "send">) =>
    new ChangesLock({ client: by, tableName: "routes", now: () => clock.ms });
  return { client, clock, suspended, lockOf };
}

test("a writer that was suspended until its lock was over writes nothing", async () => {
  const { client, suspended, lockOf } = await start();
  const written: string[] = [];
  const late = lockOf(suspended(7000)).with(0, async () => written.push("late"));
  await expect(late).rejects.toThrow(TableMoved);
  await lockOf(client).with(0, async () => written.push("next"));
  expect(written).toEqual(["next"]);
});

test("a writer whose lock another one has taken meanwhile leaves that one's lock alone", async () => {
  const { client, clock, lockOf } = await start();
  const both: number[] = [];
  await lockOf(client)
    .with(0, async (version) => {
      clock.ms += 7000;
      await lockOf(client).with(0, async (other) => both.push(version, other));
      throw new TableMoved();
    })
    .catch(() => undefined);
  const next = await lockOf(client).with(2, async (version) => version);
  expect([both, next]).toEqual([[1, 2], 3]);
});

test("a change does not overwrite one that has a later version", async () => {
  const { client } = await start();
  const store = new DynamoChangeStore({ client, tableName: "routes" });
  const author = { by: "x", at: new Date(0), over: undefined };
  await store.put("override", "tiny", { force: "late", drain: [] }, { ...author, seen: 0 });
  await client.send(new UpdateCommand(LATER));
  await expect(store.put("override", "tiny", { force: "early", drain: [] }, { ...author, seen: 1 })).rejects.toThrow(
    "The version is another one.",
  );
});

/** The item of an override, with a version that a later writer has issued. */
const LATER = {
  TableName: "routes",
  Key: { section: "targets", id: "override#tiny" },
  UpdateExpression: "SET version = :version",
  ExpressionAttributeValues: { ":version": 9 },
};
