import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import type { UsageEvent } from "../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "../domain/usage/test/usage-events.ts";
import { expectedItems, notification, startUsageLedger } from "./test/usage-ledger.ts";

const keyOf = (name: string) => `usage/segments/date=2026-11-29/hour=12/${name}.ndjson.gz`;

function segment(name: string, count: number, users = 3): readonly UsageEvent[] {
  const below = seededNumbers(name.length + count);
  return Array.from({ length: count }, (_, index) =>
    usageEvent({
      id: `req_${name}_${index}`,
      userId: `user ${below(users)}`,
      model: ["small", "large/1"][below(2)] ?? "",
      chargeNanoUsd: below(9_007_199),
      status: below(9) === 0 ? 429 : 200,
    }),
  );
}

describe("the counter of usage", () => {
  // documented: usage-counted-once
  test("counts each file once, however often, in whatever order and at the same time S3 names it", async () => {
    const { write, count, stored } = await startUsageLedger();
    const segments = ["a", "b", "c"].map((name) => ({ key: keyOf(name), events: segment(name, 20) }));
    for (const { key, events } of segments) await write(key, events);
    const keys = segments.map(({ key }) => key);
    const orders = [keys, keys.toReversed(), [...keys, ...keys], keys.slice(1)];
    const results = await Promise.all(orders.map((order) => count(notification(...order))));
    expect(results.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await stored()).toEqual(expectedItems(segments.flatMap(({ events }) => events)));
  });

  // documented: usage-counter-killed
  test("that is killed at any write, before or after it is done, goes on where it stopped", async () => {
    const events = segment("killed", 120, 60);
    expect(expectedItems(events).length).toBeGreaterThan(300);
    const { client, write, count, stored } = await startUsageLedger();
    await write(keyOf("killed"), events);
    for (let writes = 0, isOver = false; !isOver; writes++) {
      let left = 1;
      const failing = Object.assign(Object.create(client) as typeof client, {
        send: async (command: Parameters<typeof client.send>[0]) => {
          if (!(command instanceof TransactWriteCommand)) return await client.send(command as never);
          // Every second time the transaction is done, and its response does not arrive.
          if (left-- > 0) return await client.send(command);
          if (writes % 2 === 0) await client.send(command);
          throw new Error("killed");
        },
      });
      isOver = (await count(notification(keyOf("killed")), { send: failing })).errors.length === 0;
      expect(writes).toBeLessThan(9);
    }
    expect(await stored()).toEqual(expectedItems(events));
    await count(notification(keyOf("killed")));
    expect(await stored()).toEqual(expectedItems(events));
  });

  test("reads events of newer releases, and reports lines that are none", async () => {
    const { write, count, stored } = await startUsageLedger();
    const newer = { ...usageEvent({ id: "req_newer" }), audioTokens: 7, isStream: "sometimes" };
    await write(keyOf("mixed"), [usageEvent(), newer, '{"id":', { id: "req_x" }]);
    expect(await count(notification(keyOf("mixed")))).toMatchObject({ unreadable: 2, errors: [] });
    expect(await stored()).toEqual(expectedItems([usageEvent(), usageEvent({ id: "req_newer", isStream: false })]));
  });

  test("does not keep a file back for another that can't be read, and fails, so that Lambda calls again", async () => {
    const { write, count, stored } = await startUsageLedger();
    await write(keyOf("good"), [usageEvent()]);
    const { errors } = await count(notification(keyOf("absent"), keyOf("good")));
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining("absent.ndjson.gz was not counted")]);
    expect(await stored()).toEqual(expectedItems([usageEvent()]));
  });

  // documented: usage-missed-files
  test("finds files that were never named once they are 15 minutes old, and counts no other again", async () => {
    const { write, count, stored } = await startUsageLedger();
    const today = new Date().toISOString().slice(0, 10);
    const key = (name: string) => `usage/segments/date=${today}/hour=00/${name}.ndjson.gz`;
    await write(key("counted"), [usageEvent({ id: "req_1" })]);
    await write(key("missed"), [usageEvent({ id: "req_2" })]);
    await count(notification(key("counted")));
    expect(await count({ source: "aws.events" })).toMatchObject({ uncounted: 0 });
    expect(await stored()).toEqual(expectedItems([usageEvent()]));
    const later = () => Date.now() + 16 * 60_000;
    expect(await count({ source: "aws.events" }, { now: later })).toMatchObject({ uncounted: 0, errors: [] });
    expect(await stored()).toEqual(expectedItems([usageEvent(), usageEvent()]));
  });
});
