import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import type { UsageEvent } from "../../../contracts/usage/usage-event.ts";
import { segmentKey } from "../../../domain/usage/segment-names.ts";
import { moneyLedger } from "../../../local/test/money-ledger.ts";

export const HOUR = 3600;
export const DAY = 24 * HOUR;
/** Two days before the clock of the control server. */
export const START = 1_790_000_000 - (1_790_000_000 % DAY) - DAY;
const METERS = { chargeNanoUsd: "sluice_charge_nano_usd", outputTokens: "sluice_output_tokens" };

interface Recount {
  readonly num_differences: number;
  readonly num_corrected: number;
  readonly repeated_events: number;
  readonly missing_charge_nano_usd: number;
  readonly differences: readonly unknown[];
}

/** A ledger before Stripe, with the calls of the control API that correct it. */
export async function correctedLedger() {
  const nowMs = () => (START + 30 * HOUR) * 1000;
  const money = await moneyLedger(nowMs, METERS);
  const { server } = money;
  const secret = await server.owner("org-a");
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const { id: project } = await server.sdk(secret).projects.create({ name: "project" });
  const customer = `${server.url}/organization/projects/${project}/billing_customer`;
  const body = JSON.stringify({ customer_id: "cus_A1", from: START });
  expect((await fetch(customer, { method: "POST", headers, body })).status).toBe(200);
  const post = async (path: string, sent: unknown) => {
    const response = await server.post(`/organization/usage/${path}`, secret, sent);
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const recount = async (start: number, width: "1h" | "1d", apply: boolean) => {
    const { status, body: found } = await post("recounts", { start_time: start, width, apply });
    expect([status, found]).toEqual([200, expect.anything()]);
    return found as unknown as Recount;
  };
  const backfill = (segment: string, events: readonly UsageEvent[], apply = true) =>
    post("backfills", { segment, content: contentOf(events), apply });
  const amend = (event: UsageEvent, reduced?: Readonly<Record<string, number>>) =>
    post("adjustments", {
      request_id: event.id,
      ended_at: secondsOf(event),
      reason: "test",
      ...(reduced === undefined ? {} : { reduce_by: reduced }),
    });
  const ship = (segment: string, events: readonly UsageEvent[]) =>
    server.usageFiles.write(segmentKey(segment), gzipSync(textOf(events)));
  const charged = async () => {
    const costs = await server.sdk(secret).usage.costs({ start_time: START, end_time: START + DAY });
    const amounts = costs.data
      .flatMap(({ results }) => results)
      .map((result) => ("amount" in result ? Number(result.amount?.value ?? 0) : 0));
    return amounts.reduce((sum, value) => sum + Math.round(value * 1e9), 0);
  };
  return { ...money, nowMs, secret, project, post, recount, backfill, amend, ship, charged };
}

const textOf = (events: readonly UsageEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const contentOf = (events: readonly UsageEvent[]) => gzipSync(textOf(events)).toString("base64");
const secondsOf = ({ endedAt }: UsageEvent) => Math.floor(Date.parse(endedAt) / 1000);
/** Seconds as an event has its time. */
export const at = (seconds: number) => new Date(seconds * 1000).toISOString();
