import { describe, expect, test } from "vitest";
import { segmentName } from "../../domain/usage/segment-names.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { at, correctedLedger, DAY, HOUR, START } from "./test/corrected-ledger.ts";

describe("a recount", () => {
  test("shows sums that are wrong, changes nothing without apply, and corrects each sum once with an audit event", async () => {
    const { server, secret, recount, ship, count, charged } = await correctedLedger();
    const segment = segmentName(START * 1000, "test", 0);
    const event = usageEvent({ id: "req_a", endedAt: at(START + 60) });
    await ship(segment, [event]);
    // Counted under another name as well, as after a restored table.
    await count("ghost", [event]);
    const found = await recount(START, "1h", false);
    expect(found).toMatchObject({ num_corrected: 0, missing_charge_nano_usd: -2000 });
    expect(found.differences[0]).toMatchObject({ missing: { requests: -1, chargeNanoUsd: -2000 } });
    expect(await charged()).toBe(4000);
    const corrected = await recount(START, "1h", true);
    expect(corrected.num_corrected).toBe(found.num_differences);
    await recount(START, "1d", true);
    expect(await charged()).toBe(2000);
    expect(await recount(START, "1h", true)).toMatchObject({ num_differences: 0, num_corrected: 0 });
    const logs = await server.sdk(secret).auditLogs.list({ event_types: ["usage.recounted" as never] });
    expect(logs.data).toHaveLength(2);
  });

  test("counts a request once that two files have", async () => {
    const { recount, ship, charged } = await correctedLedger();
    const event = usageEvent({ id: "req_a", endedAt: at(START + 60) });
    for (const number of [0, 1]) await ship(segmentName(START * 1000, "test", number), [event]);
    expect(await recount(START, "1h", true)).toMatchObject({ repeated_events: 1, missing_charge_nano_usd: -2000 });
    await recount(START, "1d", true);
    expect(await charged()).toBe(2000);
  });

  test("refuses a time that is no beginning of an hour, that is not over, or whose sums are deleted", async () => {
    const { post } = await correctedLedger();
    const refused = async (start_time: number, width = "1h") =>
      (await post("recounts", { start_time, width })).body as { error?: { message?: string } };
    expect((await refused(START + 1)).error?.message).toContain("must be the beginning of an hour");
    expect((await refused(START + DAY, "1d")).error?.message).toContain("the day is not over");
    expect((await refused(START - 120 * DAY)).error?.message).toContain("last 99 days");
  });
});

describe("a backfill", () => {
  test("stores events that are new once, whatever the name of their segment, and shows first what it would store", async () => {
    const { backfill } = await correctedLedger();
    const events = [1, 2, 3].map((id) => usageEvent({ id: `req_${id}`, endedAt: at(START + id) }));
    const name = (number: number) => segmentName(START * 1000, "test", number);
    expect(await backfill(name(0), events.slice(0, 2), false)).toMatchObject({ body: { events: 2, is_stored: false } });
    expect(await backfill(name(0), events.slice(0, 2))).toMatchObject({ body: { events: 2, is_stored: true } });
    expect(await backfill(name(0), events.slice(0, 2))).toMatchObject({ body: { events: 0, repeated_events: 2 } });
    expect(await backfill(name(1), events)).toMatchObject({ body: { events: 1, repeated_events: 2, is_stored: true } });
  });

  test("is refused where content is no gzip, or an event is of another hour than its segment", async () => {
    const { post, backfill } = await correctedLedger();
    const segment = segmentName(START * 1000, "test", 0);
    expect(await post("backfills", { segment, content: "aGk=", apply: true })).toMatchObject({
      status: 400,
      body: { error: { param: "content" } },
    });
    expect(await backfill(segment, [usageEvent({ endedAt: at(START + 3 * HOUR) })])).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("hour of its name") } },
    });
  });
});
