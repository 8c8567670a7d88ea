import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { WebhookDelivery, WebhookWithSecret } from "../contracts/notices/webhooks.ts";
import type { DeliverOptions } from "../lambdas/send-notices/deliver.ts";
import { noticeSender } from "./test/notice-sender.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that responds as it is told: a status, `silent` for none, `endless` for a body without an end. */
async function receiver() {
  const received: Received[] = [];
  const state: { behaviour: number | "silent" | "endless" } = { behaviour: 204 };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body });
    const { behaviour } = state;
    if (behaviour === "silent") return;
    if (behaviour === "endless") {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x".repeat(65_536)), 1);
      response.on("close", () => clearInterval(timer)).on("error", () => undefined);
      return;
    }
    response.writeHead(behaviour, { location: "http://169.254.169.254/latest/meta-data" }).end("more");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, state, port };
}

const Created = z.object({ id: z.string() });
const Deliveries = z.object({ data: z.array(WebhookDelivery) });

/** Hosts of the test are on this machine. */
async function setUp(options: DeliverOptions = {}) {
  const delivery = { allowPrivateHosts: ["127.0.0.1"], timeoutMs: 5000, ...options };
  const sender = await noticeSender(delivery);
  const { url, secret, store, sdk, project } = sender;
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/organization/webhooks${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  /** A webhook at a port of this machine, which nobody could make by the API. */
  const hook = async (port: number, fields: object = {}, host = "127.0.0.1") => {
    const made = await call("POST", "", { url: "https://hooks.example.com/in", ...fields });
    const created = WebhookWithSecret.parse(made.body);
    const before = await store.get("org-a", { kind: "webhook", ids: [created.id] });
    if (before === undefined) throw new Error("not stored");
    const record = { ...before, version: before.version + 1, url: `http://${host}:${port}/in` };
    expect(await store.write("org-a", [{ action: "replace", record, version: before.version }])).toBe(true);
    return created;
  };
  const deliveries = async (id: string) => Deliveries.parse((await call("GET", `/${id}/deliveries`)).body).data;
  /** Makes an event. @returns id of the key */
  const revoke = async () => {
    const account = await sdk.projects.serviceAccounts.create(project.id, { name: "job" });
    const key = account.api_key?.id ?? "";
    await sdk.projects.apiKeys.delete(key, { project_id: project.id });
    return key;
  };
  return { ...sender, call, hook, deliveries, revoke };
}

/** @throws where the signature is none of the secret's; the verifier is the specification's own. */
function verified(secret: string, { headers, body }: Received, nowMs: number): unknown {
  const real = Date.now;
  Date.now = () => nowMs; // it has no other way to say when now is
  try {
    return new Webhook(secret).verify(body, {
      "webhook-id": String(headers["webhook-id"]),
      "webhook-timestamp": String(headers["webhook-timestamp"]),
      "webhook-signature": String(headers["webhook-signature"]),
    });
  } finally {
    Date.now = real;
  }
}

describe("webhooks", () => {
  // documented: webhook-signed
  test("get each of their events once, signed as Standard Webhooks says, and no mail is sent of a key", async () => {
    const { received, port } = await receiver();
    const { hook, revoke, run, clock, deliveries, mails, project, call } = await setUp();
    const { id, secret } = await hook(port, { events: ["key.revoked"] });
    await hook(port, { events: ["project.archived"] });
    const key = await revoke();
    for (let round = 0; round < 3; round++) expect(await run()).toEqual([]);
    expect(received).toHaveLength(1);
    expect(verified(secret, received[0] as Received, clock.ms)).toMatchObject({
      type: "key.revoked",
      data: { key_id: key, project_id: project.id },
    });
    expect(() => verified(`whsec_${Buffer.alloc(32).toString("base64")}`, received[0] as Received, clock.ms)).toThrow();
    expect(await deliveries(id)).toMatchObject([
      { status: "delivered", attempts: 1, response_status: 204, event_id: received[0]?.headers["webhook-id"] },
    ]);
    expect(mails).toEqual([]);
    expect(JSON.stringify((await call("GET", `/${id}`)).body)).not.toContain("whsec_");
    expect(JSON.stringify((await call("GET", "")).body)).not.toContain("whsec_");
  });

  // documented: webhook-key-ends
  test("are told of each key that ends with its service account, twenty of them too, and of its account", async () => {
    const { received, port } = await receiver();
    const { hook, run, sdk, project } = await setUp();
    await hook(port);
    const account = await sdk.projects.serviceAccounts.create(project.id, { name: "job" });
    const keys = [account.api_key?.id ?? ""];
    for (let more = 1; more < 20; more++) {
      const path = [account.id, { project_id: project.id }] as const;
      keys.push((await sdk.projects.serviceAccounts.apiKeys.create(...path)).id);
    }
    await sdk.projects.serviceAccounts.delete(account.id, { project_id: project.id });
    for (let round = 0; round < 3; round++) await run();
    const events = received.map(({ body }) => JSON.parse(body));
    expect(events.filter(({ type }) => type === "service_account.deleted")).toHaveLength(1);
    const ended = events.filter(({ type }) => type === "key.revoked").map(({ data }) => data.key_id);
    expect(ended.toSorted()).toEqual(keys.toSorted());
  });

  test("are told of a spend alert beside the mail", async () => {
    const { received, port } = await receiver();
    const { hook, run, sdk, charge, project, mails } = await setUp();
    await hook(port);
    await sdk.spendAlerts.create({
      threshold_amount: 100,
      currency: "USD",
      interval: "month",
      notification_channel: { type: "email", recipients: ["oncall@example.com"] },
    });
    await charge(project.id, 1_000_000_000);
    await run();
    await run();
    expect(mails).toHaveLength(1);
    expect(received.map(({ body }) => JSON.parse(body).type)).toEqual(["spend_alert.triggered"]);
  });

  // documented: webhook-retried
  test("that fail are tried with the same id and longer pauses for a day, then no more, until somebody sends it again", async () => {
    const { received, state, port } = await receiver();
    const { hook, revoke, run, clock, deliveries, call } = await setUp();
    state.behaviour = 503;
    const { id } = await hook(port);
    await revoke();
    const start = clock.ms;
    await run();
    expect(await deliveries(id)).toMatchObject([{ status: "pending", attempts: 1, error: "HTTP 503" }]);
    for (let attempts = 1; attempts < 40; attempts++) {
      const [delivery] = await deliveries(id);
      if (delivery?.next_attempt_at == null) break;
      clock.ms = Math.max(clock.ms, 1000 * delivery.next_attempt_at - 60_000);
      await run();
    }
    const [failed] = await deliveries(id);
    expect(failed).toMatchObject({ status: "failed", response_status: 503 });
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(received.length).toBeGreaterThan(10);
    expect(received.length).toBeLessThan(25);
    expect(clock.ms - start).toBeGreaterThan(20 * 3_600_000);
    const before = received.length;
    await run();
    expect(received).toHaveLength(before);
    state.behaviour = 200;
    expect((await call("POST", `/${id}/deliveries/${failed?.id}/resend`)).status).toBe(200);
    await run();
    expect(received).toHaveLength(before + 1);
    expect(received.at(-1)?.headers["webhook-id"]).toBe(received[0]?.headers["webhook-id"]);
    expect(await deliveries(id)).toMatchObject([{ status: "delivered" }]);
  });

  test("sign with both secrets while one is replaced, and with the new one alone afterwards", async () => {
    const { received, port } = await receiver();
    const { hook, revoke, run, clock, call } = await setUp();
    const { id, secret } = await hook(port);
    const rotated = WebhookWithSecret.parse(
      (await call("POST", `/${id}/rotate_secret`, { overlap_seconds: 3600 })).body,
    );
    expect(rotated.secret).not.toBe(secret);
    await revoke();
    await run();
    for (const one of [secret, rotated.secret]) verified(one, received[0] as Received, clock.ms);
    clock.ms += 3_600_000;
    await revoke();
    await run();
    verified(rotated.secret, received[1] as Received, clock.ms);
    expect(() => verified(secret, received[1] as Received, clock.ms)).toThrow();
  });

  // documented: webhook-address-guard
  test.each([
    "http://hooks.example.com/in",
    "https://127.0.0.1/in",
    "https://localhost/in",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.8/in",
    "https://[::1]/in",
    "https://[fd00:ec2::254]/in",
    "https://0x7f.1/in",
    "https://2130706433/in",
    "https://db.internal/in",
    "https://user:secret@hooks.example.com/in",
    "not an address",
  ])("are refused for %s, with the field", async (url) => {
    const { call } = await setUp();
    const { status, body } = await call("POST", "", { url });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { param: "url" } });
  });

  test("connect to the address that was checked: a name that leads to this machine gets nothing", async () => {
    const { received, port } = await receiver();
    let lookups = 0;
    const { hook, revoke, run, deliveries } = await setUp({
      lookup: (_host, _options, done) => {
        // The first time public, as a check before the connection would see it.
        done(null, [{ address: lookups++ % 2 === 0 ? "127.0.0.1" : "203.0.113.7", family: 4 }]);
      },
    });
    const { id } = await hook(port, {}, "rebinding.example.com");
    await revoke();
    await run();
    expect(lookups).toBe(1);
    expect(received).toEqual([]);
    expect(await deliveries(id)).toMatchObject([
      { status: "pending", error: expect.stringContaining("not public"), response_status: null },
    ]);
  });

  // documented: webhook-hostile-receiver
  test("whose receiver is silent, redirects or never ends its body keep no other waiting", async () => {
    const receivers = await Promise.all([receiver(), receiver(), receiver(), receiver()]);
    const [silent, redirecting, endless, fine] = receivers;
    if (!silent || !redirecting || !endless || !fine) throw new Error("four receivers");
    silent.state.behaviour = "silent";
    redirecting.state.behaviour = 302;
    endless.state.behaviour = "endless";
    const { hook, revoke, run, deliveries } = await setUp();
    const hooks: { readonly id: string }[] = [];
    for (const { port } of receivers) hooks.push(await hook(port));
    await revoke();
    await revoke();
    expect(await run()).toEqual([]);
    const states = await Promise.all(hooks.map(async ({ id }) => (await deliveries(id)).map(({ status }) => status)));
    expect(states).toEqual([
      ["pending", "pending"],
      ["pending", "pending"],
      ["delivered", "delivered"],
      ["delivered", "delivered"],
    ]);
    expect(fine.received).toHaveLength(2);
    // One that has failed is sent nothing more in the same run.
    expect([silent.received.length, redirecting.received.length]).toEqual([1, 1]);
  });

  test("that are deleted get nothing more, and those that say that they are gone are not tried again", async () => {
    const [first, second] = [await receiver(), await receiver()];
    const { hook, revoke, run, call, deliveries } = await setUp();
    const deleted = await hook(first.port);
    const gone = await hook(second.port);
    first.state.behaviour = 500;
    second.state.behaviour = 410;
    await revoke();
    await run();
    expect((await call("DELETE", `/${deleted.id}`)).status).toBe(200);
    for (let round = 0; round < 4; round++) await run();
    expect(first.received).toHaveLength(1);
    expect(await deliveries(gone.id)).toMatchObject([{ status: "failed", attempts: 1, response_status: 410 }]);
    expect((await call("GET", `/${deleted.id}`)).status).toBe(404);
    expect(Created.safeParse((await call("GET", `/${gone.id}`)).body).success).toBe(true);
  });
});
