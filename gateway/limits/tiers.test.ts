import { expect, test } from "vitest";
import type { LimitSetting } from "../../contracts/limits/limit-settings.ts";
import { LIMIT_NOW, startLimitedGateway, storedLimits } from "../test/limited-gateway.ts";
import { chat, errorOf, post } from "../test/test-gateway.ts";

const PROJECT = { scope: "project", subject: "proj_1" } as const;
const GOLD = { metric: "requests", window: "minute", max: 2 } as const;

async function start(tiers: Readonly<Record<string, LimitSetting[]>>) {
  const gateway = await startLimitedGateway({ config: { tiers } });
  const statusOf = async (headers: Record<string, string>) => {
    const response = await post(gateway.url, "/v1/chat/completions", chat({ max_tokens: 5 }), headers);
    await response.text();
    return response.status;
  };
  return { ...gateway, statusOf };
}

// documented: tiers-in-gateway
test("a project with a tier has that tier's limits, all of its keys together, and another project has its own of them", async () => {
  const { keyed, statusOf, url } = await start({ gold: [GOLD] });
  const keys = [keyed(undefined, "proj_1"), keyed(undefined, "proj_1")];
  for (const key of keys) key.limit({ ...storedLimits(PROJECT, []), tier: "gold" });
  for (const { headers } of keys) expect(await statusOf(headers)).toBe(200);
  const refused = await post(url, "/v1/chat/completions", chat(), keys[0]?.headers);
  expect((await errorOf(refused, 429, "rate_limit_exceeded")).message).toContain(
    "The project proj_1 may use 2 requests",
  );
  const other = keyed(undefined, "proj_2");
  other.limit({ ...storedLimits({ ...PROJECT, subject: "proj_2" }, []), tier: "gold" });
  expect(await statusOf(other.headers)).toBe(200);
});

test("a key whose plan has the name of a tier has its limits, without any of its own", async () => {
  const { keys, keyed, statusOf } = await start({ standard: [{ ...GOLD, max: 1 }] });
  const [first, second] = [keyed(), keyed()];
  expect([await statusOf(first.headers), await statusOf(first.headers)]).toEqual([200, 429]);
  expect(await statusOf(second.headers)).toBe(200);
  const item = { ...second.item, plan: "premium", createdAt: new Date(LIMIT_NOW).toISOString() };
  keys.set(second.keyId, item);
  expect([await statusOf(second.headers), await statusOf(second.headers)]).toEqual([200, 200]);
});

test("a tier that the environment does not have refuses the requests of its subject, and names what to do", async () => {
  const { keyed, url } = await start({ gold: [GOLD] });
  const key = keyed(undefined, "proj_1");
  key.limit({ ...storedLimits(PROJECT, []), tier: "silver" });
  const response = await post(url, "/v1/chat/completions", chat(), key.headers);
  const { message } = await errorOf(response, 503, "limits_unavailable");
  expect(message).toContain('The project proj_1 has the tier "silver", which this environment does not have.');
  expect(message).toContain("api.tiers");
});
