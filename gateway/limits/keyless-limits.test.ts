import { describe, expect, test } from "vitest";
import type { LimitSetting } from "../../contracts/limits/limit-settings.ts";
import { type AppliedSubject, appliedLimit } from "../../domain/limits/applied-limits.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startLimitedGateway } from "../test/limited-gateway.ts";
import { chat, errorOf, post } from "../test/test-gateway.ts";

const CHAT = "/v1/chat/completions";
const FIRST = { scope: "address", subject: "192.0.2.1" } as const;
const ALL = { scope: "keyless", subject: "all" } as const;
const TOKENS = { metric: "tokens", window: "minute", max: 100 } as const;
const DAILY = { metric: "tokens", window: "day", max: 100 } as const;
/** 27 tokens, of a request with a prompt of 7 and a completion of 20 tokens, cost 47,000 nano-dollars. */
const BUDGET = { metric: "nano_usd", window: "day", max: 100_000 } as const;

interface Limits {
  readonly address?: readonly LimitSetting[];
  readonly all?: readonly LimitSetting[];
}

/** A gateway that lets callers in without a key, whose engine stops at 20 tokens or the bound of the request. */
async function start({ address = [], all = [] }: Limits, config: { readonly trustedAddresses?: string[] } = {}) {
  const gateway = await startLimitedGateway({
    config: { auth: "optional", keylessLimits: { address: [...address], all: [...all] }, ...config },
    engines: [{ tokens: 20, obeysMaxTokens: true }],
  });
  const send = (
    address: string,
    fields: Record<string, unknown> = { max_tokens: 20 },
    headers: Record<string, string> = {},
  ) => post(gateway.url, CHAT, chat(fields), { "x-sluice-client-ip": address, ...headers });
  const used = async (subject: AppliedSubject, limit: LimitSetting) => {
    const { name } = appliedLimit(subject, limit);
    const outcome = await gateway.rates.reserve([{ name, max: 1e9, amount: 0, windowSeconds: 60 }], 1000);
    return outcome?.isGranted === true ? 1e9 - (outcome.left[0] ?? 0) : Number.NaN;
  };
  return { ...gateway, send, used };
}

describe("a caller without a key", () => {
  // documented: keyless-address-tokens
  test("uses no more tokens in a minute than its address may, is clamped to what is left, and other addresses go on", async () => {
    const { send, used } = await start({ address: [TOKENS] });
    for (let count = 0; count < 3; count++) expect((await send("192.0.2.1")).status).toBe(200);
    await eventually(async () => expect(await used(FIRST, TOKENS)).toBe(81));
    const last = await send("192.0.2.1", { max_tokens: 500 });
    expect(last.status, await last.text()).toBe(429);
    const refusal = await errorOf(await send("192.0.2.1"), 429, "rate_limit_exceeded");
    expect(refusal.message).toMatch(/^The address 192\.0\.2\.1 may use 100 tokens per minute: 19 tokens are left/);
    const other = await send("192.0.2.2", { max_tokens: 500 });
    expect(other.headers.get("x-sluice-clamped")).toMatch(/^max_tokens=\d\d$/);
    expect(other.headers.get("x-ratelimit-limit-tokens")).toBe("100");
    expect(other.status).toBe(200);
  });

  test("has with the other addresses of its IPv6 network one limit, and is refused over its tokens of a day without a retry", async () => {
    const { send } = await start({ address: [DAILY] });
    for (const address of ["2001:db8::1", "2001:db8::2", "2001:db8::3"])
      await eventually(async () => expect((await send(address)).status).toBe(200));
    await eventually(async () => {
      const refused = await send("2001:db8::4");
      expect(refused.headers.get("x-should-retry")).toBe("false");
      const { message } = await errorOf(refused, 429, "insufficient_quota");
      expect(message).toContain("The address 2001:db8:0:0::/64 may use 100 tokens per day");
    });
    expect((await send("2001:db8:0:1::1")).status).toBe(200);
  });

  // documented: keyless-budget-of-all
  test("is refused when all callers without a key together have used their budget of the day, and callers with one go on", async () => {
    const { send, keyed } = await start({ all: [BUDGET] });
    for (const address of ["192.0.2.1", "192.0.2.2"]) expect((await send(address)).status).toBe(200);
    await eventually(async () => {
      const { message } = await errorOf(await send("192.0.2.3"), 429, "insufficient_quota");
      expect(message).toContain("All callers without an API key together may use $0.0001 per day");
    });
    expect((await send("192.0.2.3", { max_tokens: 20 }, keyed().headers)).status).toBe(200);
  });

  test("is counted for its address and for all in one step: what one refuses, the other does not count", async () => {
    const { send, used } = await start({ address: [TOKENS], all: [{ ...TOKENS, max: 40 }] });
    expect((await send("192.0.2.1")).status).toBe(200);
    await eventually(async () => expect(await used(ALL, TOKENS)).toBe(27));
    const { message } = await errorOf(await send("192.0.2.2"), 429, "rate_limit_exceeded");
    expect(message).toContain("All callers without an API key together may use 40 tokens per minute: 13 tokens");
    expect(await used({ scope: "address", subject: "192.0.2.2" }, TOKENS)).toBe(0);
    expect(await used(FIRST, TOKENS)).toBe(27);
  });

  test("at a trusted address has no limit of its address, but counts for all", async () => {
    const { send, used } = await start(
      { address: [{ ...TOKENS, max: 5 }], all: [{ ...TOKENS, max: 1000 }] },
      { trustedAddresses: ["192.0.2.1/32"] },
    );
    expect((await send("192.0.2.1")).status).toBe(200);
    await eventually(async () => expect(await used(ALL, TOKENS)).toBe(27));
    await errorOf(await send("192.0.2.2"), 429, "rate_limit_exceeded");
  });

  test("has a limit of one model for that model alone", async () => {
    const { send } = await start({ address: [{ ...TOKENS, max: 0, model: "other" }] });
    expect((await send("192.0.2.1")).status).toBe(200);
  });
});
