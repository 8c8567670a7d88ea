import { gunzipSync } from "node:zlib";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { segmentKey, segmentName } from "../../domain/usage/segment-names.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { amendCommand } from "./amend-command.ts";
import { at, correctedLedger, DAY, START } from "./test/corrected-ledger.ts";
import { ledgerTools } from "./test/ledger-commands.ts";

describe("an adjustment", () => {
  const event = usageEvent({ id: "req_a", endedAt: at(START + 60) });
  const segment = segmentName(START * 1000, "test", 0);

  test("never takes back more than the request has, however many are sent at once, and is in the audit log with its reason", async () => {
    const { server, secret, amend, backfill, charged, recount } = await correctedLedger();
    await backfill(segment, [event]);
    await recount(START, "1h", true);
    await recount(START, "1d", true);
    expect(await charged()).toBe(2000);
    const sent = await Promise.all(Array.from({ length: 6 }, () => amend(event, { charge_nano_usd: 600 })));
    const taken = sent.filter(({ status }) => status === 200);
    // 500 of the 2000 are for the prompt, and are a part of what is left.
    expect(taken).toHaveLength(2);
    for (const { status, body } of sent.filter((one) => one.status !== 200))
      expect([status, JSON.stringify(body)]).toEqual([
        expect.toSatisfy((code: number) => code === 400 || code === 429),
        expect.stringMatching(/would be left of charge_nano_usd|at the same time/),
      ]);
    expect(await charged()).toBe(800);
    const logs = await server.sdk(secret).auditLogs.list({ event_types: ["usage.adjusted" as never] });
    expect(logs.data).toHaveLength(2);
    expect(logs.data[0]).toMatchObject({ "usage.adjusted": { id: "req_a", reason: "test" } });
  });

  test("takes back all that is left, leaves the event as it is, and can't be made twice", async () => {
    const { server, amend, backfill, recount, charged } = await correctedLedger();
    await backfill(segment, [event]);
    expect(await amend(event, { output_tokens: 3, reasoning_tokens: 2 })).toMatchObject({
      status: 200,
      body: { number: 1, left: { output_tokens: 4, reasoning_tokens: 0, charge_nano_usd: 2000 } },
    });
    expect(await amend(event)).toMatchObject({
      status: 200,
      body: { number: 2, reduced_by: { output_tokens: 4, charge_nano_usd: 2000 }, left: { charge_nano_usd: 0 } },
    });
    expect(await amend(event)).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("Nothing is left") } },
    });
    await recount(START, "1h", true);
    await recount(START, "1d", true);
    expect(await charged()).toBe(0);
    const text = gunzipSync(await server.usageFiles.read(segmentKey(segment))).toString();
    expect(JSON.parse(text)).toEqual(event);
  });

  test("is refused for a request that is not in the files, for another organisation, and for a time whose files are deleted", async () => {
    const { server, amend, post } = await correctedLedger();
    expect(await amend(event)).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining("req_a") } },
    });
    const other = await server.owner("org-b");
    const body = { request_id: "req_a", ended_at: START, reason: "x" };
    const foreign = await server.post("/organization/usage/adjustments", other, body);
    expect([foreign.status, await foreign.text()]).toEqual([400, expect.stringContaining("operator")]);
    expect(await post("adjustments", { ...body, ended_at: START - 500 * DAY })).toMatchObject({
      status: 400,
      body: { error: { param: "ended_at", message: expect.stringContaining("400 days") } },
    });
  });

  test("by the command takes dollars and tokens, and says what is left", async () => {
    const { server, secret, backfill, nowMs } = await correctedLedger();
    await backfill(segment, [event]);
    const { printed, tools } = ledgerTools({ server, secret, nowMs });
    const command = () => new Command().exitOverride().addCommand(amendCommand(tools));
    const args = ["amend", "req_a", "--at", event.endedAt, "--reason", "test", "--output-usd", "0.000001"];
    await command().parseAsync(args, { from: "user" });
    expect(printed).toEqual([
      "$0.000001, 0 input and 0 output tokens are taken back of req_a (adjustment 1); $0.000001, 10 and 7 are left of it.",
    ]);
    await expect(command().parseAsync([...args, "--input-tokens", "x"], { from: "user" })).rejects.toThrow(
      "--input-tokens must be a whole number, got x.",
    );
  });
});
