import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { createAuditEvent } from "../domain/tenancy/audit-event.ts";
import { transactActions } from "../domain/tenancy/control-items.ts";
import { controlServer } from "./test/control-server.ts";

/** More than one request reads that has found an event. */
const EVENTS = 10_500;
/** Of one call of DynamoDB. */
const AT_ONCE = 25;

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

// documented: audit-log-bounded
test("a request of the audit log reads a part of it once it has found an event, and the next one goes on there", async () => {
  const { document, clock, owner, url, tools } = await controlServer();
  const secret = await owner("org-a");
  const actor = { type: "session", session: { user: { id: "user-ada", email: "ada@example.com" } } } as const;
  const puts = Array.from({ length: EVENTS }, (_, index) => {
    const event = createAuditEvent(
      "group.deleted",
      { id: `group-${index}` },
      { actor, project: undefined, nowMs: clock.ms - EVENTS + index },
    );
    const [action] = transactActions({ control: "sluice-dev-control", keys: "" }, "org-a", [event]);
    return { PutRequest: { Item: action !== undefined && "Put" in action ? { ...action.Put.Item } : {} } };
  });
  for (let at = 0; at < puts.length; at += AT_ONCE)
    await document.send(
      new BatchWriteCommand({ RequestItems: { "sluice-dev-control": puts.slice(at, at + AT_ONCE) } }),
    );
  const read = { events: 0 };
  const listEvents = tools.store.listEvents.bind(tools.store);
  tools.store.listEvents = async (...range) => {
    const found = await listEvents(...range);
    read.events += found.records.length;
    return found;
  };
  const get = async (query: string): Promise<Page> => {
    const headers = { authorization: `Bearer ${secret}` };
    const response = await fetch(`${url}/organization/audit_logs?limit=2&${query}`, { headers });
    expect(response.status).toBe(200);
    return (await response.json()) as Page;
  };
  const only = await get("resource_ids[]=group-1");
  expect(only).toMatchObject({ has_more: false, data: [{ "group.deleted": { id: "group-1" } }] });
  const first = await get("resource_ids[]=group-10499&resource_ids[]=group-1");
  expect(first).toMatchObject({ has_more: true, data: [{ "group.deleted": { id: "group-10499" } }] });
  const second = await get(`resource_ids[]=group-10499&resource_ids[]=group-1&after=${first.last_id}`);
  expect(second).toMatchObject({ has_more: false, data: [{ "group.deleted": { id: "group-1" } }] });
  expect(read.events).toBeLessThan(2 * EVENTS + 100);
  const some = await get("resource_ids[]=group-10499&resource_ids[]=group-10498&resource_ids[]=group-1");
  expect(some).toMatchObject({ has_more: true, data: [{}, {}] });
  expect(await get(`resource_ids[]=group-1&resource_ids[]=group-10498&after=${some.data[0]?.id}`)).toMatchObject({
    data: [{ "group.deleted": { id: "group-10498" } }],
    has_more: true,
  });
});
