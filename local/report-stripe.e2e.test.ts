import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { usageTableName } from "../contracts/processes/names.ts";
import { ENV } from "../contracts/processes/process-environment.ts";
import { seededNumbers, usageEvent } from "../domain/usage/test/usage-events.ts";
import { bucketStart } from "../domain/usage/usage-keys.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { loadEnvironment } from "../environments/load.ts";
import { DynamoUsageSums } from "../lambdas/count-usage/dynamo-usage-sums.ts";
import { OWN_FOLDER } from "../lib/installation.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { awsEnvironment } from "./runtime/aws-environment.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";
import { stripeServer } from "./test/stripe-server.ts";

const HOUR = 3600;
const METERS = { chargeNanoUsd: "sluice_charge_nano_usd", outputTokens: "sluice_output_tokens" } as const;
const FUNCTION = "sluice-dev-report-stripe";
const CUSTOMERS = 8;
/** A longer run: SLUICE_KILLS=30. */
const KILLS = Number(process.env.SLUICE_KILLS ?? 6);

/** Dev with Stripe's meters and customers, the function's bundle as it is deployed, and a server of Stripe's shape. */
async function started() {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const stripe = await stripeServer();
  const api = { ...dev.api, auth: "required" as const, controlApi: true };
  const billing = { stripe: { secretId: "stripe-key", meters: METERS } };
  const twin = await startedTwin(
    { ...dev, api, billing },
    { SLUICE_ENGINE_URL: engine.origin, [ENV.stripeUrl]: stripe.url },
  );
  const { events, lambda, secretsManager, settings } = twin.runtime;
  secretsManager.put("stripe-key", stripe.key);
  const { adminKey, document } = await stackOwner(twin);
  const post = async (path: string, body: object) => {
    const response = await fetch(`${settings.apiUrl}/v1/organization${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { readonly id: string };
  };
  const folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bundle = unzipSync(readFileSync(join(OWN_FOLDER, "dist/lambdas/report-stripe.zip")));
  for (const [name, bytes] of Object.entries(bundle)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, "package.json"), '{"type":"commonjs"}');
  const { Variables: variables } = z
    .object({ Variables: z.record(z.string(), z.string()) })
    .parse(lambda.configurations.get(FUNCTION)?.Environment);
  /** A run of the function in a process of its own. */
  const runProcess = () =>
    spawn(process.execPath, ["-e", `require(${JSON.stringify(join(folder, "index.js"))}).handler({}, {})`], {
      stdio: "ignore",
      env: {
        PATH: process.env.PATH,
        NODE_PATH: join(OWN_FOLDER, "node_modules"),
        ...variables,
        ...awsEnvironment(settings),
        [ENV.stripeUrl]: stripe.url,
      },
    });
  /** What its schedule does at twenty minutes past an hour. @returns how many functions it calls */
  const schedule = () =>
    events.put({
      source: `schedule ${FUNCTION}`,
      "detail-type": "Scheduled Event",
      time: new Date().toISOString(),
      detail: {},
    });
  return { stripe, post, document, runProcess, schedule };
}

// documented: stripe-killed
test("a function that is killed at any event reports nothing twice and nothing not at all: its schedule finds what is left in the running stack", async () => {
  const { stripe, post, document, runProcess, schedule } = await started();
  const below = seededNumbers(11);
  const now = Math.floor(Date.now() / 1000);
  const hours = [3, 4].map((ago) => bucketStart("1h", now) - ago * HOUR);
  const projects: string[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    const { id } = await post("/projects", { name: `customer ${index}` });
    await post(`/projects/${id}/billing_customer`, { customer_id: `cus_${index}`, from: hours[1] });
    projects.push(id);
  }
  const sums = new DynamoUsageSums({ client: document, tableName: usageTableName("dev"), now: Date.now });
  const used = new Map<string, number>();
  const use = async (segment: string) => {
    const events = hours.flatMap((hour) =>
      projects.map((projectId, index) => {
        const event = usageEvent({
          projectId,
          endedAt: new Date((hour + below(HOUR)) * 1000).toISOString(),
          chargeNanoUsd: 1000 + below(2 ** 31),
          outputTokens: 1 + below(5000),
        });
        for (const name of ["chargeNanoUsd", "outputTokens"] as const) {
          const counter = `${METERS[name]} cus_${index} ${hour}`;
          used.set(counter, (used.get(counter) ?? 0) + event[name]);
        }
        return event;
      }),
    );
    await sums.add(segment, usageAdditions(events));
  };
  const reported = () =>
    Object.fromEntries(
      [...used.keys()].map((counter) => {
        const [eventName = "", customer = "", hour = ""] = counter.split(" ");
        return [counter, stripe.counted(eventName, customer, Number(hour))];
      }),
    );

  for (let kill = 0; kill < KILLS; kill++) {
    if (kill % 2 === 0) await use(`segment-${kill}`);
    const child = runProcess();
    const isLost = kill % 3 === 0;
    // A run ends after three events of which nobody knows whether Stripe took them.
    const last = stripe.state.requests + 1 + below(isLost ? 3 : 10);
    stripe.state.fault = isLost ? "lost-request" : "none";
    stripe.state.atRequest = (count) => void (count === last && child.kill("SIGKILL"));
    const [, signal] = await once(child, "exit");
    expect([kill, signal]).toEqual([kill, "SIGKILL"]);
  }
  stripe.state.fault = "none";
  expect(reported()).not.toEqual(Object.fromEntries(used));
  expect(schedule()).toBe(1);
  await eventually(() => expect(reported()).toEqual(Object.fromEntries(used)));
  const { length } = stripe.taken;
  expect(new Set(stripe.taken.map(({ identifier }) => identifier)).size).toBe(length);
  await use("segment-last");
  expect(schedule()).toBe(1);
  await eventually(() => expect(reported()).toEqual(Object.fromEntries(used)));
  expect(stripe.taken).toHaveLength(length + used.size);
});
