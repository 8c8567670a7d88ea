import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { StripeBilling } from "../../contracts/billing/stripe.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { usageAdditions } from "../../domain/usage/usage-sums.ts";
import { DynamoUsageSums } from "../../lambdas/count-usage/dynamo-usage-sums.ts";
import { reportStripe } from "../../lambdas/report-stripe/report-stripe.ts";
import { StripeMeters } from "../../lambdas/report-stripe/stripe-meters.ts";
import { StripeTable } from "../../lambdas/report-stripe/stripe-table.ts";
import { controlServer } from "./control-server.ts";
import { stripeServer } from "./stripe-server.ts";

/** The control API and a server of Stripe's shape, with the functions that count usage and report it. */
export async function moneyLedger(nowMs: () => number, meters: StripeBilling["meters"]) {
  const server = await controlServer();
  const stripe = await stripeServer();
  /** Counts a segment. @param client one that fails, for a function that is killed */
  const count = async (segment: string, events: readonly UsageEvent[], client = server.document) => {
    const sums = new DynamoUsageSums({ client, tableName: server.usageTable, now: nowMs, retryMs: 1 });
    await sums.add(segment, usageAdditions(events));
  };
  /** A run of the reporter. */
  const report = (client = server.document) =>
    reportStripe(
      {},
      {
        table: new StripeTable(client, { control: "sluice-dev-control", usage: server.usageTable }),
        stripe: new StripeMeters(stripe.key, stripe.url),
        meters,
        organization: "org-a",
        source: "test",
        now: nowMs,
      },
    );
  /** A client whose calls go through until one, drawn by chance, whose request or response is lost; then it is dead. */
  const killedAfter = (calls: number, isResponseLost: boolean): DynamoDBDocumentClient => {
    let left = calls;
    return Object.assign(Object.create(server.document) as DynamoDBDocumentClient, {
      send: async (command: Parameters<DynamoDBDocumentClient["send"]>[0]) => {
        if (left-- > 0) return await server.document.send(command);
        if (left === -1 && isResponseLost) await server.document.send(command);
        throw new Error("killed");
      },
    });
  };
  return { server, stripe, count, report, killedAfter };
}
