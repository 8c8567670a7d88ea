import { expect, test } from "vitest";
import type { AppliedLimit } from "../../domain/limits/applied-limits.ts";
import { MemoryLimitStore } from "./memory-limit-store.ts";
import type { RequestUse } from "./request-use.ts";
import { UseLimiter } from "./use-limiter.ts";

const USE: RequestUse = {
  promptTokens: 1000,
  leastPromptTokens: 500,
  completions: 1,
  completionTokens: 127_000,
  isBounded: false,
  leastCompletionTokens: 16,
  prices: [{ inputUsdPerMillion: 1, outputUsdPerMillion: 2 }],
  priceFactor: 1,
};

function limited(max: number) {
  const limit: AppliedLimit = {
    name: "project:proj_1:tokens:minute:",
    scope: "project",
    subject: "proj_1",
    metric: "tokens",
    window: "minute",
    max,
    model: undefined,
    timeZone: "UTC",
    isAlert: false,
  };
  const wallClock = () => 1_764_000_000_000;
  const limiter = new UseLimiter({ rates: new MemoryLimitStore({ wallClock }), quotas: undefined, wallClock });
  return (use: Partial<RequestUse>) => limiter.reserve([limit], { ...USE, ...use });
}

test("requests that bound no completion leave each other room: each reserves a share of the limit", async () => {
  const reserve = limited(64_000);
  const grants = await Promise.all(Array.from({ length: 8 }, () => reserve({})));
  expect(grants.map(({ completionTokens }) => completionTokens)).toEqual(Array.from({ length: 8 }, () => 7000));
  await expect(reserve({})).rejects.toMatchObject({ code: "rate_limit_exceeded" });
});

test("a share of a small limit is a long completion, and that of a large one all that the model can write", async () => {
  expect((await limited(20_000)({})).completionTokens).toBe(4096);
  expect((await limited(2_000_000)({})).completionTokens).toBe(127_000);
});

test("a client that bounds its completion reserves all of it", async () => {
  const reserve = limited(64_000);
  expect((await reserve({ completionTokens: 60_000, isBounded: true })).completionTokens).toBe(60_000);
});
