import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { ENV } from "../contracts/processes/process-environment.ts";
import { UsageEvent } from "../contracts/usage/usage-event.ts";
import { seededNumbers } from "../domain/usage/test/usage-events.ts";
import { buildGateway } from "../gateway/build.ts";
import { testConfig } from "../gateway/test/test-gateway.ts";
import { reportStripe } from "../lambdas/report-stripe/report-stripe.ts";
import { StripeMeters } from "../lambdas/report-stripe/stripe-meters.ts";
import { StripeTable } from "../lambdas/report-stripe/stripe-table.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { sharedBuild } from "../test-support/shared-build.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { TargetGroup } from "./services/elb/target-group.ts";
import { startGatewayChild } from "./test/gateway-child.ts";
import { stripeServer } from "./test/stripe-server.ts";
import { temporaryFolder } from "./test/tools.ts";
import { expectedItems, notification, startUsageLedger, USAGE_BUCKET } from "./test/usage-ledger.ts";

const ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/tiny";
/** A longer run: SLUICE_KILLS=100. */
const KILLS = Number(process.env.SLUICE_KILLS ?? 8);
const CLIENTS = 6;
const PRICE = { inputUsdPerMillion: 1.5, outputUsdPerMillion: 3.001 };

let bundle = "";
beforeAll(async () => {
  const { result } = await sharedBuild({ name: "gateway", build: buildGateway });
  bundle = result.path;
});

/** A gateway with a spool; resolves when it serves. */
async function startProcess(awsUrl: string, spool: string) {
  const usageFiles = { bucket: USAGE_BUCKET, fileSeconds: 1 };
  const config = testConfig({ usageFiles, threads: 1 }, { targetGroupArn: ARN, price: PRICE });
  const variables = { [ENV.spool]: spool };
  const gateway = await startGatewayChild({ command: [bundle], awsUrl, config, variables });
  await eventually(async () => expect((await fetch(`${gateway.url}/health`)).status).toBe(200));
  return gateway;
}

/** Ids and tokens of the whole responses that a client has got, until the gateway is gone. */
async function requestUntilGone(url: string, seen: Map<string, number>): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`${url}/v1/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "tiny", prompt: "Once" }),
      });
      const { usage } = (await response.json()) as { usage: { completion_tokens: number } };
      seen.set(response.headers.get("x-request-id") ?? "", usage.completion_tokens);
    } catch {
      return;
    }
  }
}

// documented: usage-gateway-killed
test("gateways killed at random points lose no response that a client has got, and the sums have each event once", async () => {
  const engine = await startFakeEngine({ tokens: 4, intervalMs: 1 });
  onTestFinished(() => engine.stop());
  const group = new TargetGroup(ARN, { health_check: { interval: 3600 } });
  onTestFinished(() => group.stop());
  group.register("i-0a", engine.port);
  for (const target of group.targets) target.state = "healthy";
  const ledger = await startUsageLedger((arn) => (arn === ARN ? group : undefined));
  const spool = temporaryFolder();
  const seen = new Map<string, number>();
  const below = seededNumbers(Date.now());
  for (let kill = 0; kill < KILLS; kill++) {
    const { url, child } = await startProcess(ledger.url, spool);
    // For a while S3 is down: what is not shipped waits for the next process.
    ledger.state.isDown = kill % 4 === 2;
    const clients = Array.from({ length: CLIENTS }, () => requestUntilGone(url, seen));
    const before = seen.size;
    await sleep(30 + below(700));
    // A busy machine may take longer for the first ones.
    await eventually(() => expect(seen.size).toBeGreaterThan(before + CLIENTS));
    child.kill("SIGKILL");
    await Promise.all(clients);
  }
  ledger.state.isDown = false;
  const last = await startProcess(ledger.url, spool);
  const drained = new Promise((resolve) => last.child.once("exit", resolve));
  last.child.kill("SIGTERM");
  await drained;

  const keys = [...new Set(ledger.created)];
  const texts = await Promise.all(keys.map((key) => ledger.read(key)));
  const events = texts.flatMap((bytes) => readEvents(gunzipSync(bytes)));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const [id, tokens] of seen) expect(byId.get(id)).toMatchObject({ outputTokens: tokens, status: 200 });
  expect(seen.size).toBeGreaterThan(KILLS * CLIENTS);

  const named = [...ledger.created, ...keys.toReversed()];
  for (const key of named) expect((await ledger.count(notification(key))).errors).toEqual([]);
  expect(await ledger.stored()).toEqual(expectedItems(events));

  // Requests without a key have no project, and here a customer all the same.
  const stripe = await stripeServer();
  const table = new StripeTable(ledger.client, { control: "", usage: "usage" });
  const tools = {
    table: Object.assign(table, { customers: async () => new Map([["", [{ customerId: "cus_A1", from: 0 }]]]) }),
    stripe: new StripeMeters(stripe.key, stripe.url),
    meters: { chargeNanoUsd: "sluice_charge_nano_usd" },
    organization: "org-a",
    source: "test",
    now: () => Date.now() + 2 * 3_600_000,
  };
  for (const fault of ["lost-response", "down", "none"] as const) {
    stripe.state.fault = fault;
    await reportStripe({}, tools);
  }
  const reported = stripe.taken.reduce((sum, { value }) => sum + value, 0);
  expect(reported).toBe(events.reduce((sum, { chargeNanoUsd }) => sum + chargeNanoUsd, 0));
}, 600_000);

function readEvents(lines: Buffer): readonly UsageEvent[] {
  const all = lines.toString("utf8").split("\n");
  return all.filter((line) => line !== "").map((line) => UsageEvent.parse(JSON.parse(line)));
}
