import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { AuditLogListParams } from "openai/resources/admin/organization/audit-logs";
import { expect, test } from "vitest";
import { StoredEventRecord } from "../contracts/control/records.ts";
import { ID_MARK } from "../domain/tenancy/changes.ts";
import { all, controlServer } from "./test/control-server.ts";

const TableName = "sluice-dev-control";
type Event = Readonly<Record<string, unknown>>;

/** What a release to come may write: a type, an actor and a value that this one does not know. */
const NEWER: readonly ((event: Event) => Event)[] = [
  ({ type: _, ...event }) => ({ ...event, type: "vault.rotated", "vault.rotated": { id: "vault_1", by: "policy" } }),
  (event) => ({ ...event, actor: { type: "robot", robot: { user: { id: "robot_1", email: "r@a.example" }, arm: 2 } } }),
  (event) => ({ ...event, "project.created": { id: ["a", "list"] } }),
];

/** A server with an organisation whose newest event is this release's, and the three before it a newer one's. */
async function withNewerEvents() {
  const { owner, sdk, document } = await controlServer();
  const secret = await owner("org-a");
  const { projects, auditLogs } = sdk(secret);
  for (const name of ["one", "two", "three", "four"]) await projects.create({ name });
  const { Items = [] } = await document.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "organizationId = :organization AND begins_with(recordId, :event)",
      ExpressionAttributeValues: { ":organization": "org-a", ":event": `event${ID_MARK}` },
    }),
  );
  const newest = Items.slice(-4, -1);
  for (const [index, item] of newest.entries()) {
    const record = StoredEventRecord.parse(item.record);
    const event = NEWER[index]?.(record.event);
    await document.send(new PutCommand({ TableName, Item: { ...item, record: { ...record, event } } }));
  }
  return { auditLogs, count: Items.length };
}

test("events of a newer release are listed as they are, among the others and page by page", async () => {
  const { auditLogs, count } = await withNewerEvents();
  for (const limit of [1, 2, 20]) {
    const events = await all(auditLogs.list({ limit }));
    expect(events).toHaveLength(count);
    expect(events.slice(0, 4)).toMatchObject([
      { type: "project.created" },
      { type: "project.created", "project.created": { id: ["a", "list"] } },
      { type: "project.created", actor: { type: "robot", robot: { arm: 2 } } },
      { type: "vault.rotated", "vault.rotated": { id: "vault_1", by: "policy" }, seal: "waiting" },
    ]);
  }
});

test("events of a newer release are found by their actor and by what they changed, and drop out of other filters", async () => {
  const { auditLogs, count } = await withNewerEvents();
  const typesOf = async (query: AuditLogListParams) =>
    (await all(auditLogs.list({ limit: 1, ...query }))).map(({ type }) => type);
  expect(await typesOf({ actor_ids: ["robot_1"] })).toEqual(["project.created"]);
  expect(await typesOf({ resource_ids: ["vault_1"] })).toEqual(["vault.rotated"]);
  expect(await typesOf({ event_types: ["project.created"] })).toHaveLength(3);
  expect(await typesOf({ effective_at: { gte: 0 } })).toHaveLength(count);
});
