import { expect, onTestFinished, test } from "vitest";
import { CachedKeyStore } from "../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader } from "../gateway/keys/key-changes.ts";
import { DynamoQuotaTable } from "../gateway/quotas/dynamo-quota-table.ts";
import { QuotaAccounts } from "../gateway/quotas/quota-accounts.ts";
import { chat, errorOf, post, startTestGateway } from "../gateway/test/test-gateway.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { controlServer, GOLD } from "./test/control-server.ts";

const CHAT = "/v1/chat/completions";

interface Used {
  readonly metric: string;
  readonly used?: number;
}

/** The control API with a key of a project, and two gateways that read its tables. */
async function started() {
  const { document, keys: tableName, usageTable, owner, sdk, url, clock } = await controlServer();
  const admin = await owner("org-a");
  const { projects } = sdk(admin);
  const { id: projectId } = await projects.create({ name: "search" });
  const account = await projects.serviceAccounts.create(projectId, { name: "job" });
  const memory = new SharedArrayBuffer(4);
  const changes = new KeyChanges({ read: keyChangesReader(document, tableName), memory, pollMs: 50 });
  changes.start();
  onTestFinished(() => changes.stop());
  const gateways = await Promise.all(
    [1, 2].map(() =>
      startTestGateway({
        config: { auth: "required", tiers: { gold: GOLD } },
        // A request of the test costs 13,000 nano-dollars.
        model: { price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
        keys: new CachedKeyStore({
          store: new DynamoKeyStore({ client: document, tableName, organization: "org-a" }),
          now: () => performance.now(),
          drops: () => Atomics.load(new Int32Array(memory), 0),
          ttlMs: 600_000,
        }),
        quotaStore: new QuotaAccounts({
          table: new DynamoQuotaTable({ client: document, tableName: usageTable }),
          now: () => performance.now(),
          wallClock: () => clock.ms,
        }),
      }),
    ),
  );
  const set = (path: string, body: object) =>
    fetch(`${url}/organization${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${admin}` },
      body: JSON.stringify(body),
    });
  const send = (gateway = 0, fields: object = {}) =>
    post(gateways[gateway]!.url, CHAT, chat({ max_tokens: 3, ...fields }), {
      authorization: `Bearer ${account.api_key?.value ?? ""}`,
    });
  const shown = async (path: string) => {
    const response = await fetch(`${url}/organization${path}`, { headers: { authorization: `Bearer ${admin}` } });
    expect(response.status).toBe(200);
    return (await response.json()) as { readonly limits: readonly Used[]; readonly tier_limits?: readonly Used[] };
  };
  return { projectId, keyId: account.api_key?.id ?? "", set, send, shown };
}

// documented: limits-from-control-api-to-gateway
test("a budget that an administrator sets holds for all gateways together, and ends when it is taken away", async () => {
  const { projectId, set, send } = await started();
  expect((await send()).status).toBe(200);
  const path = `/limits/project/${projectId}`;
  const limits = [{ metric: "nano_usd", window: "month", max: 100_000, time_zone: "Europe/Berlin" }];
  expect((await set(path, { limits })).status).toBe(200);
  let paid = 0;
  await eventually(async () => {
    const [first, second] = [await send(0), await send(1)];
    paid += [first, second].filter(({ status }) => status === 200).length;
    const error = await errorOf(second.status === 429 ? second : first, 429, "insufficient_quota");
    expect(error.message).toContain(`The project ${projectId} may use $0.0001 per month`);
  });
  // One may have been served before the gateway saw the limit.
  expect(paid).toBeGreaterThanOrEqual(5);
  expect((await set(path, { limits: [] })).status).toBe(200);
  await eventually(async () => expect((await send(1)).status).toBe(200));
});

// documented: used-of-limits
test("what gateways count of a limit is shown beside it: of one model, for ever, in time zones of half an hour, of reports", async () => {
  const { projectId, keyId, set, send, shown } = await started();
  const money = { metric: "nano_usd", max: 1_000_000 } as const;
  const limits = [
    { ...money, window: "month", model: "tiny" },
    { ...money, window: "month", model: "other" },
    { ...money, window: "lifetime" },
    { ...money, window: "day", time_zone: "Asia/Kolkata" },
    { ...money, window: "day", time_zone: "Asia/Kolkata", action: "alert" },
    { metric: "requests", window: "week", max: 100 },
    { metric: "requests", window: "minute", max: 100 },
  ];
  const subjects = ["organization/organization", `project/${projectId}`, `key/${keyId}`];
  for (const subject of subjects) expect((await set(`/limits/${subject}`, { limits })).status).toBe(200);
  expect((await set(`/limits/project/${projectId}`, { limits, tier: "gold" })).status).toBe(200);
  for (const gateway of [0, 1, 0, 1, 0]) expect((await send(gateway)).status).toBe(200);
  const used = [65_000, 0, 65_000, 65_000, 65_000, 5, undefined];
  for (const subject of subjects)
    await eventually(async () => {
      const found = await shown(`/limits/${subject}?include[]=used`);
      expect(found.limits.map((limit) => limit.used)).toEqual(used);
      expect((await shown(`/limits/${subject}`)).limits).toEqual(limits);
    });
  // Of the tier, what the project does not limit itself.
  const { tier_limits: ofTier } = await shown(`/limits/project/${projectId}?include[]=used`);
  expect(ofTier?.map(({ metric, used: count }) => [metric, count])).toEqual([
    ["nano_usd", 65_000],
    ["tokens", 50],
  ]);
  expect(await shown(`/limits/project/${projectId}`)).not.toHaveProperty("tier_limits");
});

// documented: model-permissions-from-control-api
test("a model that an administrator denies a project is unknown to its keys", async () => {
  const { projectId, set, send } = await started();
  expect((await send()).status).toBe(200);
  const denied = { mode: "deny_list", model_ids: ["tiny"] };
  const response = await set(`/projects/${projectId}/model_permissions`, denied);
  expect(response.status, await response.text()).toBe(200);
  await eventually(async () => errorOf(await send(), 404, "model_not_found"));
});
