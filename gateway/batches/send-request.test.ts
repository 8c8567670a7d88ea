import { expect, test } from "vitest";
import { limitError } from "../limits/limit-error.ts";
import { startLimitedGateway, storedLimits } from "../test/limited-gateway.ts";
import { chat } from "../test/test-gateway.ts";
import { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import { sendRequest } from "./send-request.ts";

/** Sends a request of a batch to a gateway whose key has a limit of tokens. @returns the response, and how often it was sent */
async function sendUnder(max: number, window: "minute" | "lifetime") {
  const started = await startLimitedGateway();
  const { subject, keyId, limit } = started.keyed();
  limit(storedLimits(subject, [{ metric: "tokens", window, max }]));
  let sent = 0;
  const response = await sendRequest(
    { customId: "1", body: chat({ max_tokens: 30 }) },
    {
      handle: (request) => {
        sent++;
        return started.gateway.handle(request);
      },
      limiter: new ConcurrencyLimiter(1),
      endpoint: "/v1/chat/completions",
      caller: { tenant: `key:${keyId}`, keyId, priceFactor: 1 },
      isExpired: () => sent === 3,
      isStopped: () => false,
      signal: new AbortController().signal,
      leaving: new AbortController().signal,
      random: () => 0,
      retryMs: 0,
    },
  );
  return { sent, response };
}

test.each(["minute", "lifetime"] as const)(
  "a request that no window of a limit per %s has room for is sent once, and its refusal is its result",
  async (window) => {
    const { sent, response } = await sendUnder(10, window);
    expect(sent).toBe(1);
    expect(response).toMatchObject({ status: 429 });
  },
);

test("a request that a later window has room for names the time, so that it is sent again", () => {
  const limit = { name: "n", scope: "key", subject: "k", metric: "tokens", window: "day", max: 100 } as const;
  const applied = { ...limit, model: undefined, timeZone: "UTC", isAlert: false };
  const { options } = limitError({ limit: applied, left: 0, resetMs: 60_000 }, 20, 0);
  expect(options).toMatchObject({ retryAfterSeconds: 60 });
  expect(options.isPermanent).toBeUndefined();
});
