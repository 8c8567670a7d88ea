import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { WebhookWithSecret } from "../contracts/notices/webhooks.ts";
import type { Attempted } from "../lambdas/send-notices/deliver.ts";
import { sendNotices } from "../lambdas/send-notices/send-notices.ts";
import { noticeSender } from "./test/notice-sender.ts";

/** A webhook, and what is sent to it in place of its address. */
async function setUp() {
  const server = await noticeSender();
  const { url, secret, store, sender } = server;
  const call = async (path: string, body?: object, method = "POST"): Promise<unknown> => {
    const init = { method, headers: { authorization: `Bearer ${secret}` } };
    const withBody = body === undefined ? init : { ...init, body: JSON.stringify(body) };
    return await (await fetch(`${url}/organization/webhooks${path}`, withBody)).json();
  };
  const made = WebhookWithSecret.parse(await call("", { url: "https://hooks.example.com" }));
  const stored = async (id = made.id) => {
    const record = await store.get("org-a", { kind: "webhook", ids: [id] });
    if (record === undefined) throw new Error("not stored");
    return record;
  };
  const replace = async (secrets: readonly { readonly secret: string }[]) => {
    const before = await stored();
    const record = { ...before, version: before.version + 1, secrets: secrets.map((one) => ({ ...one })) };
    expect(await store.write("org-a", [{ action: "replace", record, version: before.version }])).toBe(true);
  };
  const sent: { readonly headers: Readonly<Record<string, string>>; readonly body: string }[] = [];
  const deliver = async (_: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempted> => {
    sent.push({ headers, body });
    return { isDelivered: true, isGone: false, status: 204 };
  };
  /** Sends a test event. */
  const tested = async () => {
    await call(`/${made.id}/test`);
    server.clock.ms = Date.now();
    return await sendNotices({ ...sender, deliver });
  };
  /** Whether the last message is signed by a secret. */
  const isSignedBy = (one: string): boolean => {
    const { headers = {}, body = "" } = sent.at(-1) ?? {};
    try {
      new Webhook(one).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
  return { made, call, stored, replace, sent, tested, isSignedBy };
}

describe("the secret of a webhook", () => {
  // documented: webhook-secret-sealed
  test("is stored sealed, and signs as the one that was shown, also beside its successor", async () => {
    const { made, call, stored, tested, isSignedBy } = await setUp();
    expect(made.secret).toMatch(/^whsec_/);
    expect(JSON.stringify(await stored())).not.toContain("whsec_");
    expect(await tested()).toEqual([]);
    expect(isSignedBy(made.secret)).toBe(true);
    const next = WebhookWithSecret.parse(await call(`/${made.id}/rotate_secret`, {}));
    expect(JSON.stringify(await stored())).not.toContain("whsec_");
    await tested();
    expect([isSignedBy(made.secret), isSignedBy(next.secret)]).toEqual([true, true]);
  });

  test("that a release before stored as it is signs until it is replaced", async () => {
    const { made, call, replace, stored, tested, isSignedBy } = await setUp();
    await replace([{ secret: made.secret }]);
    await tested();
    expect(isSignedBy(made.secret)).toBe(true);
    await call(`/${made.id}/rotate_secret`, { overlap_seconds: 0 });
    expect(JSON.stringify(await stored())).not.toContain("whsec_");
  });

  // documented: webhook-secret-of-another
  test("of another webhook can't be opened, and the attempt fails with that reason", async () => {
    const { made, call, stored, replace, sent, tested } = await setUp();
    const other = WebhookWithSecret.parse(await call("", { url: "https://other.example.com" }));
    const { secrets } = await stored(other.id);
    await replace(secrets);
    expect(await tested()).toEqual([]);
    expect(sent).toEqual([]);
    expect(await call(`/${made.id}/deliveries`, undefined, "GET")).toMatchObject({
      data: [{ status: "pending", error: expect.stringContaining("its secret can't be opened") }],
    });
  });
});
