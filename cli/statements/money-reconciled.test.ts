import { expect, test } from "vitest";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "../../domain/usage/test/usage-events.ts";
import { moneyLedger } from "../../local/test/money-ledger.ts";
import { exportedNanoUsd } from "./test/ledger-commands.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** A day before the clock of the control server. */
const START = 1_790_000_000 - (1_790_000_000 % DAY) - DAY;
const METERS = { chargeNanoUsd: "sluice_charge_nano_usd", outputTokens: "sluice_output_tokens" };
const CUSTOMERS = ["cus_A1", "cus_B2"];
/** A longer run: SLUICE_KILLS=1000. */
const KILLS = Number(process.env.SLUICE_KILLS ?? 12);

// documented: money-reconciled
test("events, ledger, usage API, costs API, CSV and Stripe have the same nano-dollars, however often counting and reporting are killed", async () => {
  const nowMs = () => (START + 30 * HOUR) * 1000;
  const { server, stripe, count, report, killedAfter } = await moneyLedger(nowMs, METERS);
  const secret = await server.owner("org-a");
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const projects: string[] = [];
  for (const [index, customer_id] of CUSTOMERS.entries()) {
    const { id } = await server.sdk(secret).projects.create({ name: `project ${index}` });
    projects.push(id);
    const path = `${server.url}/organization/projects/${id}/billing_customer`;
    const body = JSON.stringify({ customer_id, from: START });
    expect((await fetch(path, { method: "POST", headers, body })).status).toBe(200);
  }
  const below = seededNumbers(17);
  const events: UsageEvent[] = Array.from({ length: 48 }, (_, index) =>
    usageEvent({
      id: `req_${index}`,
      projectId: projects[index % 2] ?? "",
      endedAt: new Date((START + below(6 * HOUR)) * 1000).toISOString(),
      keyId: `key${below(4)}`,
      inputChargeNanoUsd: 1 + below(900_000_000),
      chargeNanoUsd: 900_000_000 + below(2 ** 31),
      outputTokens: below(5000),
    }),
  );
  const segments = Array.from({ length: 6 }, (_, index) => events.slice(index * 8, index * 8 + 8));
  const countSegment = (index: number, client = server.document) =>
    count(`segment-${index}`, segments[index] ?? [], client);
  const killed = () => killedAfter(below(25), below(2) === 0);
  for (let kill = 0; kill < KILLS; kill++) {
    await countSegment(below(segments.length), killed()).catch(() => undefined);
    stripe.state.fault = (["none", "lost-response", "down", "none"] as const)[kill % 4] ?? "none";
    await report(killed()).catch(() => undefined);
  }
  stripe.state.fault = "none";
  for (const index of segments.keys()) await countSegment(index);
  // What is pending is settled first, and what came meanwhile is reported then.
  await report(server.document);
  expect(await report(server.document)).toEqual({ sent: 0, errors: [] });

  const total = (value: (event: UsageEvent) => number) => events.reduce((sum, event) => sum + value(event), 0);
  const charged = total(({ chargeNanoUsd }) => chargeNanoUsd);
  const reported = (eventName: string) =>
    stripe.taken.filter((one) => one.eventName === eventName).reduce((sum, { value }) => sum + value, 0);
  expect(reported("sluice_charge_nano_usd")).toBe(charged);
  expect(reported("sluice_output_tokens")).toBe(total(({ outputTokens }) => outputTokens));
  for (const [index, projectId] of projects.entries())
    for (let hour = START; hour < START + 6 * HOUR; hour += HOUR) {
      const own = events.filter(
        (one) => one.projectId === projectId && Math.floor(Date.parse(one.endedAt) / 3_600_000) === hour / HOUR,
      );
      const sum = own.reduce((nano, { chargeNanoUsd }) => nano + chargeNanoUsd, 0);
      expect(stripe.counted("sluice_charge_nano_usd", CUSTOMERS[index] ?? "", hour)).toBe(sum);
    }

  const organization = server.sdk(secret);
  const span = { start_time: START, end_time: START + DAY };
  const usage = await organization.usage.completions({ ...span, bucket_width: "1d" });
  expect(usage.data.flatMap(({ results }) => results)).toMatchObject([
    { num_model_requests: events.length, output_tokens: total(({ outputTokens }) => outputTokens) },
  ]);
  const costs = await organization.usage.costs({ ...span, group_by: ["line_item", "project_id"] });
  const amounts = costs.data
    .flatMap(({ results }) => results)
    .map((result) => ("amount" in result ? (result.amount?.value ?? 0) : 0));
  expect(amounts.reduce((sum, value) => sum + Math.round(Number(value) * 1e9), 0)).toBe(charged);
  expect(await exportedNanoUsd({ server, secret, nowMs })).toBe(charged);
}, 600_000);
