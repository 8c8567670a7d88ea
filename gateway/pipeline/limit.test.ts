import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { LIMIT_NOW, startLimitedKey, storedLimits } from "../test/limited-gateway.ts";
import { chat, errorOf, post } from "../test/test-gateway.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const message = (fields: object = {}) => ({ ...chat(), max_tokens: 500, ...fields });

const REQUESTS = { metric: "requests", window: "minute", max: 5 } as const;
const OUTPUT = { metric: "output_tokens", window: "minute", max: 100 } as const;
const TOKENS = { metric: "tokens", window: "minute", max: 1000 } as const;

describe("what a request has used", () => {
  const all = [REQUESTS, TOKENS] as const;
  const counted = async ({ used }: Pick<Awaited<ReturnType<typeof startLimitedKey>>, "used">) => [
    await used(REQUESTS),
    await used(TOKENS),
  ];

  test("is nothing but a request where no server worked on it", async () => {
    const gateway = await startLimitedKey([...all, { ...OUTPUT, metric: "concurrency", window: "now", max: 1 }], {
      engines: [{ mode: { status: 500, body: "{}" } }],
    });
    expect((await gateway.send(CHAT, chat())).status).toBeGreaterThan(499);
    expect(await counted(gateway)).toEqual([1, 0]);
  });

  test("is not counted for a request that is refused before: an unknown model, a wrong field", async () => {
    const gateway = await startLimitedKey(all);
    await errorOf(await gateway.send(CHAT, chat({ model: "none" })), 404, "model_not_found");
    await errorOf(await gateway.send(CHAT, chat({ temperature: "hot" })), 400, "invalid_request");
    expect(await counted(gateway)).toEqual([0, 0]);
  });

  // documented: limits-settled-however-it-ends
  test("is what was sent of a stream that its client leaves, or whose server dies", async () => {
    const gateway = await startLimitedKey(all, { engines: [{ tokens: 1000, intervalMs: 5 }] });
    const leaving = new AbortController();
    const response = await gateway.send(CHAT, chat({ stream: true, max_tokens: 900 }), { signal: leaving.signal });
    const reader = response.body!.getReader();
    for (let chunk = 0; chunk < 5; chunk++) await reader.read();
    leaving.abort();
    await eventually(async () => expect((await counted(gateway))[1]).toBeLessThan(500));
    const [requests, tokens] = await counted(gateway);
    expect(requests).toBe(1);
    expect(tokens).toBeGreaterThan(5);
    Object.assign(gateway.engines[0]!.behaviour, { intervalMs: 1, tokens: 50, diesAfterTokens: 20 });
    await (await gateway.send(CHAT, chat({ stream: true, max_tokens: 50 }))).text();
    const died = (await counted(gateway))[1]! - tokens!;
    expect(died).toBeGreaterThanOrEqual(20);
    expect(died).toBeLessThan(60);
  });

  test("is the request alone where the cache served it", async () => {
    const cache = { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null };
    const gateway = await startLimitedKey(all, { config: { cache } });
    const body = chat({ temperature: 0, max_tokens: 20 });
    const outcomes = [];
    for (const _ of [1, 2]) outcomes.push((await gateway.send(CHAT, body)).headers.get("x-sluice-cache"));
    expect(outcomes).toEqual(["miss", "hit"]);
    expect(await counted(gateway)).toEqual([2, 10]);
  });

  // documented: clamped-not-cached
  test("of a clamped request is in no cache, but a whole response from the cache serves it", async () => {
    const cache = { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null };
    const { send, limit } = await startLimitedKey([OUTPUT], { config: { cache } });
    const outcome = async () => (await send(CHAT, chat({ temperature: 0 }))).headers.get("x-sluice-cache");
    expect([await outcome(), await outcome()]).toEqual(["miss", "miss"]);
    limit();
    expect([await outcome(), await outcome()]).toEqual(["miss", "hit"]);
    limit(OUTPUT);
    expect(await outcome()).toBe("hit");
  });

  test("waits for nothing at a key without limits", async () => {
    const reserve = vi.fn(() => sleep(100_000).then(() => undefined));
    const { send, key, limit, keys } = await startLimitedKey([], { rates: { reserve, close: async () => undefined } });
    expect((await send(CHAT, chat())).status).toBe(200);
    limit({ ...REQUESTS, model: "another" }, { ...REQUESTS, action: "alert" });
    expect((await send(CHAT, chat())).status).toBe(200);
    keys.set(key.keyId, key.item);
    expect((await send(CHAT, chat())).status).toBe(200);
    expect(reserve).not.toHaveBeenCalled();
  });
});

describe("requests at once", () => {
  test.each([OUTPUT, TOKENS, { metric: "nano_usd", window: "day", max: 200_000 } as const])(
    "50 of them use a limit of %j and never more",
    async (limit) => {
      const engines = [{ tokens: 30, obeysMaxTokens: true, firstByteMs: 5 }];
      const gateway = await startLimitedKey([limit], { engines, config: { requestsPerMinutePerIp: 1_000_000 } });
      let refusals = 0;
      // A request that is refused comes again: what others have reserved and not used is free then.
      const client = async () => {
        for (let tries = 0; tries < 40; tries++) {
          const { status } = await gateway.send(CHAT, chat({ max_tokens: 30 }));
          if (status === 429) refusals++;
          if (status === 429) await sleep(5);
        }
      };
      await Promise.all(Array.from({ length: 50 }, client));
      const used = await gateway.used(limit);
      expect(refusals).toBeGreaterThan(0);
      expect(used).toBeLessThanOrEqual(limit.max);
      expect(used).toBeGreaterThanOrEqual(0.8 * limit.max);
    },
  );
});

describe("limits that can't be applied", () => {
  // documented: limits-unavailable
  test("of a newer release refuse the use, and say whose they are", async () => {
    const { send, key } = await startLimitedKey([]);
    key.limit({ ...storedLimits({ scope: "project", subject: "proj_1" }, []), isComplete: false });
    const error = await errorOf(await send(CHAT, chat()), 503, "limits_unavailable");
    expect(error.message).toContain("project proj_1");
  });

  test("as a store does not respond, or there is none, refuse the use and count nothing", async () => {
    const quotas = { reserve: async () => undefined, close: async () => undefined };
    const quota = { ...REQUESTS, window: "day" } as const;
    const { send, used } = await startLimitedKey([REQUESTS, quota], { quotaStore: quotas });
    const response = await send(CHAT, chat());
    expect(response.headers.get("retry-after")).toBe("2");
    await errorOf(response, 503, "limits_unavailable");
    expect(await used(REQUESTS)).toBe(0);
  });
});

describe("a request that is over a limit", () => {
  // documented: limit-errors
  test("is told whose limit it is, how much is left, and when it begins anew", async () => {
    const { url, keyed } = await startLimitedKey([]);
    const key = keyed({ type: "user", id: "user-1" }, "proj_1");
    key.limit(storedLimits({ scope: "project", subject: "proj_1" }, [{ ...TOKENS, model: "tiny", max: 40 }]));
    expect((await post(url, CHAT, chat({ max_tokens: 3 }), key.headers)).status).toBe(200);
    const response = await post(url, CHAT, chat({ max_tokens: 50 }), key.headers);
    expect(response.headers.get("retry-after")).toBe("50");
    const { message, type } = await errorOf(response, 429, "rate_limit_exceeded");
    expect(type).toBe("rate_limit_error");
    expect(message).toMatch(
      /^The project proj_1 may use 40 tokens per minute of the model "tiny": 30 tokens are left, and this request needs at least \d+ tokens\. It begins anew at 2026-06-01T12:01:00\.000Z, in 50 s\./,
    );
    key.limit(storedLimits(key.subject, [{ ...REQUESTS, metric: "concurrency", window: "now", max: 0 }]));
    const full = await post(url, CHAT, chat(), key.headers);
    expect(full.headers.get("retry-after")).toBeNull();
    expect((await errorOf(full, 429, "rate_limit_exceeded")).message).toContain("may use 0 requests at once");
  });

  // documented: quota-errors
  test("of a day or more, gets insufficient_quota, which SDKs don't repeat", async () => {
    const day = { ...REQUESTS, window: "day", max: 1, timeZone: "Europe/Berlin" } as const;
    const { send, limit } = await startLimitedKey([day]);
    expect((await send(CHAT, chat())).status).toBe(200);
    const response = await send(CHAT, chat());
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(Number(response.headers.get("retry-after"))).toBe(10 * 3600 - 10);
    const error = await errorOf(response, 429, "insufficient_quota");
    expect(error.type).toBe("insufficient_quota");
    expect(error.message).toContain("begins anew at 2026-06-01T22:00:00.000Z");
    limit({ metric: "nano_usd", window: "lifetime", max: 10_000 });
    const paid = await send(CHAT, chat());
    expect(paid.headers.get("retry-after")).toBeNull();
    expect((await errorOf(paid, 429, "insufficient_quota")).message).toContain("may use $0.00001 in all");
  });

  test("and could never be within it, is not told to come again", async () => {
    const { send } = await startLimitedKey([{ ...TOKENS, max: 10 }]);
    const response = await send(CHAT, chat({ max_tokens: 15 }));
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("retry-after")).toBeNull();
    expect((await errorOf(response, 429, "rate_limit_exceeded")).message).toContain("Send a shorter prompt");
  });

  test("gets the error in Anthropic's form on /v1/messages, with its headers", async () => {
    const { send } = await startLimitedKey([{ ...REQUESTS, max: 0 }]);
    const response = await send(MESSAGES, message());
    expect(response.status).toBe(429);
    expect(response.headers.get("anthropic-ratelimit-requests-remaining")).toBe("0");
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "rate_limit_error", details: { error_code: "rate_limit_exceeded" } },
    });
  });
});

describe("headers of the tightest limits", () => {
  const HOUR = { ...REQUESTS, window: "hour", max: 3 } as const;

  // documented: limit-headers
  test("are OpenAI's, Anthropic's and those of the IETF's draft", async () => {
    const { send } = await startLimitedKey([REQUESTS, HOUR, TOKENS, { ...OUTPUT, max: 700 }]);
    const { headers } = await send(MESSAGES, message({ max_tokens: 100 }));
    const of = (name: string) => headers.get(name);
    expect([of("x-ratelimit-limit-requests"), of("x-ratelimit-remaining-requests")]).toEqual(["3", "2"]);
    expect(of("x-ratelimit-reset-requests")).toBe("3590s");
    expect([of("x-ratelimit-limit-tokens"), of("x-ratelimit-remaining-tokens")]).toEqual(["700", "600"]);
    expect(of("anthropic-ratelimit-requests-reset")).toBe("2026-06-01T13:00:00Z");
    expect(of("anthropic-ratelimit-output-tokens-remaining")).toBe("600");
    expect(of("anthropic-ratelimit-input-tokens-limit")).toBeNull();
    expect(of("ratelimit-policy")).toBe('"key-requests-minute";q=5;w=60, "key-requests-hour";q=3;w=3600');
    expect(of("ratelimit")).toBe('"key-requests-minute";r=4;t=50, "key-requests-hour";r=2;t=3590');
    expect(new Date(LIMIT_NOW).toISOString()).toBe("2026-06-01T12:00:10.000Z");
  });

  test("leave those of the address where it has fewer requests left", async () => {
    const { send } = await startLimitedKey([{ ...REQUESTS, max: 500 }], { config: { requestsPerMinutePerIp: 2 } });
    const { headers } = await send(CHAT, chat());
    expect(headers.get("x-ratelimit-remaining-requests")).toBe("1");
    expect(headers.get("anthropic-ratelimit-requests-limit")).toBeNull();
  });
});
