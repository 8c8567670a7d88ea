import { describe, expect, test } from "vitest";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { DynamoUsageSums } from "../lambdas/count-usage/dynamo-usage-sums.ts";
import { reportStripe } from "../lambdas/report-stripe/report-stripe.ts";
import { StripeMeters } from "../lambdas/report-stripe/stripe-meters.ts";
import { StripeTable } from "../lambdas/report-stripe/stripe-table.ts";
import { controlServer } from "./test/control-server.ts";
import { stripeServer } from "./test/stripe-server.ts";

const CONTROL = "sluice-dev-control";
const METERS = { chargeNanoUsd: "sluice_charge_nano_usd", outputTokens: "sluice_output_tokens" };
const HOUR = 3600;
/** The clock of the control server begins 20 minutes after this hour. */
const START = 1_790_000_000 - (1_790_000_000 % HOUR);

/** The control API with a project, the ledger, a server of Stripe's shape, and the function that reports. */
async function started() {
  const server = await controlServer();
  const stripe = await stripeServer();
  const secret = await server.owner("org-a");
  const sdk = server.sdk(secret);
  const { document, clock, usageTable } = server;
  clock.ms = (START + 1200) * 1000;
  const customerPath = (id: string) => `${server.url}/organization/projects/${id}/billing_customer`;
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const bill = async (id: string, body?: object) => {
    const init =
      body === undefined ? { method: "DELETE", headers } : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(customerPath(id), init);
    return { status: response.status, body: await response.json() };
  };
  let segments = 0;
  const charge = async (projectId: string, chargeNanoUsd: number, seconds: number) => {
    const sums = new DynamoUsageSums({ client: document, tableName: usageTable, now: () => clock.ms });
    const event = usageEvent({
      projectId,
      chargeNanoUsd,
      outputTokens: 7,
      endedAt: new Date(seconds * 1000).toISOString(),
    });
    await sums.add(`segment-${segments++}`, usageAdditions([event]));
  };
  const run = async (event: unknown = {}, source = "000000000000:us-east-1:sluice-dev") => {
    const table = new StripeTable(document, { control: CONTROL, usage: usageTable });
    const meters = new StripeMeters(stripe.key, stripe.url);
    const tools = { table, stripe: meters, meters: METERS, organization: "org-a", source, now: () => clock.ms };
    const { errors, sent } = await reportStripe(event, tools);
    return { errors: errors.map(({ message }) => message), sent };
  };
  const project = async (name: string) => (await sdk.projects.create({ name })).id;
  const charged = (customer: string, hour: number) => stripe.counted("sluice_charge_nano_usd", customer, hour);
  /** Twenty minutes after the next hour has begun. */
  const nextHour = () => {
    clock.ms += HOUR * 1000;
  };
  return { server, stripe, secret, sdk, bill, charge, run, project, charged, nextHour, clock, customerPath, headers };
}

describe("meter events of Stripe", () => {
  // documented: stripe-once
  test("have each hour's usage of a customer's projects once, however often the function runs and however late usage comes", async () => {
    const { bill, charge, run, project, charged, nextHour, stripe } = await started();
    const [first, second, free] = [await project("search"), await project("chat"), await project("free")];
    for (const id of [first, second]) expect((await bill(id, { customer_id: "cus_A1" })).status).toBe(200);
    await charge(first, 1_000_000_001, START);
    await charge(second, 2, START + HOUR - 1);
    await charge(free, 9, START + 5);
    expect(await run()).toEqual({ errors: [], sent: 0 });
    nextHour();
    expect(await run()).toEqual({ errors: [], sent: 2 });
    for (let round = 0; round < 2; round++) expect(await run()).toEqual({ errors: [], sent: 0 });
    expect(
      stripe.taken.map(({ eventName, customer, value, timestamp }) => [eventName, customer, value, timestamp]),
    ).toEqual([
      ["sluice_charge_nano_usd", "cus_A1", 1_000_000_003, START],
      ["sluice_output_tokens", "cus_A1", 14, START],
    ]);
    await charge(first, 40, START + 60);
    nextHour();
    expect(await run()).toEqual({ errors: [], sent: 2 });
    expect(charged("cus_A1", START)).toBe(1_000_000_043);
  });

  test("of runs beside each other are the same", async () => {
    const { bill, charge, run, project, charged, nextHour } = await started();
    const ids = await Promise.all(["a", "b", "c", "d"].map(project));
    for (const [index, id] of ids.entries()) {
      await bill(id, { customer_id: `cus_${index}` });
      await charge(id, 10 + index, START);
    }
    nextHour();
    const results = await Promise.all([run(), run(), run()]);
    expect(results.flatMap(({ errors }) => errors)).toEqual([]);
    expect(ids.map((_, index) => charged(`cus_${index}`, START))).toEqual([10, 11, 12, 13]);
  });

  // documented: stripe-faults
  test("count once where a response is lost, Stripe is down or refuses, and the errors name customer, sum and hour", async () => {
    const { bill, charge, run, project, charged, nextHour, stripe } = await started();
    const id = await project("search");
    await bill(id, { customer_id: "cus_A1" });
    await charge(id, 5, START);
    nextHour();
    stripe.state.fault = "lost-response";
    expect((await run()).errors).toHaveLength(2);
    expect(charged("cus_A1", START)).toBe(5);
    stripe.state.fault = "down";
    expect((await run()).errors[0]).toContain("chargeNanoUsd of cus_A1 in the hour of");
    await charge(id, 3, START + 1);
    stripe.state.fault = "denied";
    expect((await run()).errors[0]).toContain("HTTP 401");
    stripe.state.fault = "refused";
    expect((await run()).errors[0]).toContain("No such customer: 'cus_A1'");
    stripe.state.fault = "none";
    expect((await run()).errors).toEqual([]);
    expect(charged("cus_A1", START)).toBe(8);
  });

  // documented: stripe-long-outage
  test("that may have been taken a day ago are looked up in Stripe, whose memory of identifiers may have ended", async () => {
    const { bill, charge, run, project, charged, clock, nextHour, stripe } = await started();
    const id = await project("search");
    await bill(id, { customer_id: "cus_A1" });
    await charge(id, 5, START);
    nextHour();
    stripe.state.fault = "lost-response";
    await run();
    // Stripe has forgotten the identifiers.
    for (const [index, event] of stripe.taken.entries()) stripe.taken[index] = { ...event, identifier: `old-${index}` };
    stripe.state.fault = "none";
    clock.ms += 24 * HOUR * 1000;
    expect(await run()).toEqual({ errors: [], sent: 0 });
    expect(charged("cus_A1", START)).toBe(5);
    await charge(id, 2, START);
    stripe.state.fault = "down";
    await run();
    stripe.state.fault = "none";
    clock.ms += 24 * HOUR * 1000;
    expect((await run()).sent).toBe(2);
    expect(charged("cus_A1", START)).toBe(7);
  });

  test("of two environments with one account of Stripe do not take each other's place", async () => {
    const { bill, charge, run, project, nextHour, stripe, server } = await started();
    const id = await project("search");
    await bill(id, { customer_id: "cus_A1" });
    await charge(id, 5, START);
    nextHour();
    await run();
    const identifiers = stripe.taken.map(({ identifier }) => identifier);
    const other = await started();
    const otherId = await other.project("search");
    await other.bill(otherId, { customer_id: "cus_A1" });
    await other.charge(otherId, 5, START);
    other.nextHour();
    await other.run({}, "000000000000:us-east-1:sluice-prod");
    expect(new Set([...identifiers, ...other.stripe.taken.map(({ identifier }) => identifier)]).size).toBe(4);
    expect(server.url).not.toBe(other.server.url);
  });
});

describe("a project's customer in Stripe", () => {
  // documented: stripe-customer
  test("changes with an hour that has not begun, so that no usage is reported for two", async () => {
    const { bill, charge, run, project, charged, nextHour } = await started();
    const id = await project("search");
    await bill(id, { customer_id: "cus_A1" });
    expect((await bill(id, { customer_id: "cus_B2" })).body).toMatchObject({
      customer_id: "cus_A1",
      periods: [
        { customer_id: "cus_A1", from: START },
        { customer_id: "cus_B2", from: START + HOUR },
      ],
    });
    await charge(id, 5, START + HOUR - 1);
    await charge(id, 7, START + HOUR);
    expect((await bill(id)).status).toBe(200);
    nextHour();
    nextHour();
    expect((await run()).errors).toEqual([]);
    expect([charged("cus_A1", START), charged("cus_B2", START + HOUR)]).toEqual([5, 0]);
    expect(await bill(id, { customer_id: "cus_C3", from: START })).toMatchObject({
      status: 400,
      body: { error: { param: "from", message: expect.stringContaining(`must be ${START + 3 * HOUR} or later`) } },
    });
  });

  test("can be set for usage of before, where there was none, and is refused in other forms and organisations", async () => {
    const { bill, charge, run, project, charged, nextHour, server } = await started();
    const id = await project("search");
    await charge(id, 5, START - 48 * HOUR);
    expect(await bill(id, { customer_id: "customer" })).toMatchObject({
      status: 400,
      body: { error: { param: "customer_id" } },
    });
    expect(await bill(id, { customer_id: "cus_A1", from: START - 1 })).toMatchObject({
      status: 400,
      body: { error: { param: "from" } },
    });
    expect((await bill(id, { customer_id: "cus_A1", from: START - 40 * 24 * HOUR })).status).toBe(400);
    expect((await bill(id, { customer_id: "cus_A1", from: START - 48 * HOUR })).status).toBe(200);
    nextHour();
    await run();
    expect(charged("cus_A1", START - 48 * HOUR)).toBe(5);
    const foreign = await server.owner("org-b");
    const theirs = await server.sdk(foreign).projects.create({ name: "theirs" });
    const response = await fetch(`${server.url}/organization/projects/${theirs.id}/billing_customer`, {
      method: "POST",
      headers: { authorization: `Bearer ${foreign}`, "content-type": "application/json" },
      body: JSON.stringify({ customer_id: "cus_A1" }),
    });
    expect(response.status).toBe(400);
  });
});
