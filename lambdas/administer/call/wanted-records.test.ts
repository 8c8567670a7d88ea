import { expect, test } from "vitest";
import type { StoredEventRecord } from "../../../contracts/control/records.ts";
import { createAuditEvent } from "../../../domain/tenancy/audit-event.ts";
import type { ControlStore, ListRange } from "../store/control-store.ts";
import { wantedEvents } from "./wanted-records.ts";

const EVENTS = 120_000;
const actor = { type: "session", session: { user: { id: "user-ada", email: "ada@example.com" } } } as const;
const context = { actor, project: undefined, nowMs: 0 };
const { record: template } = createAuditEvent("group.deleted", { id: "group-1" }, context);
if (template.kind !== "event") throw new Error("The record of an audit event is of another kind");
const { event: numbered } = template;
const indexOf = (id: string) => Number(id.split("-")[1]);

/** A log of numbered events, and how many of them were read. */
function numberedLog() {
  const log = { read: 0 };
  const listEvents = async (_organizationId: string, { after, limit }: ListRange<"event">) => {
    const start = after === undefined ? 0 : indexOf(after) + 1;
    const count = Math.min(limit, EVENTS - start);
    log.read += count;
    const records: StoredEventRecord[] = Array.from({ length: count }, (_, at) => ({
      kind: "event",
      event: { ...numbered, id: `event-${start + at}` },
    }));
    return { records, hasMore: start + count < EVENTS };
  };
  return { log, store: { listEvents } as unknown as ControlStore };
}

function find(store: ControlStore, wanted: readonly number[], after?: string) {
  const range = { kind: "event", limit: 5, isNewestFirst: true, ...(after === undefined ? {} : { after }) } as const;
  return wantedEvents(store, "org-a", range, { isWanted: ({ event }) => wanted.includes(indexOf(event.id)) });
}

test("a request that finds no event reads 50,000 of them, and the next one goes on there", async () => {
  const { log, store } = numberedLog();
  const first = await find(store, [70_000]);
  expect([first.records.length, first.stoppedAt, log.read]).toEqual([0, "event-49999", 50_000]);
  const second = await find(store, [70_000], first.stoppedAt);
  expect(second.records.map(({ event }) => event.id)).toEqual(["event-70000"]);
});

test("a request that found an event reads no more than 10,000, or no further than it had to for the first one", async () => {
  const { log, store } = numberedLog();
  expect(await find(store, [3, 30_000])).toMatchObject({ records: [{ event: { id: "event-3" } }] });
  expect(log.read).toBe(10_000);
  const late = await find(store, [30_000, 60_000]);
  expect(late.records.map(({ event }) => event.id)).toEqual(["event-30000"]);
  expect(log.read - 10_000).toBeLessThan(31_001);
});
