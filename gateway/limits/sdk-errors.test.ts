import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, test } from "vitest";
import type { UseLimit } from "../../contracts/limits/use-limit.ts";
import { startLimitedGateway, storedLimits } from "../test/limited-gateway.ts";

const REQUEST = { model: "tiny", max_tokens: 20, messages: [{ role: "user", content: "Hello" } as const] };

async function start(limit: UseLimit) {
  const gateway = await startLimitedGateway();
  const key = gateway.keyed();
  key.limit(storedLimits(key.subject, [limit]));
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret, maxRetries: 2 });
  const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: key.secret, maxRetries: 2 });
  /** Requests that came, those that the SDK has sent again included. */
  const requests = () => gateway.log().filter(({ msg }) => msg === "request").length;
  return { openai, anthropic, requests };
}

// documented: limit-errors-of-sdks
test("a quota is the official SDKs' RateLimitError, and they send the request once", async () => {
  const { openai, anthropic, requests } = await start({ metric: "nano_usd", window: "month", max: 1 });
  const error = await openai.chat.completions.create(REQUEST).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  expect(error).toMatchObject({ status: 429, code: "insufficient_quota", type: "insufficient_quota" });
  expect(requests()).toBe(1);
  const other = await anthropic.messages.create(REQUEST).catch((reason: unknown) => reason);
  expect(other).toBeInstanceOf(Anthropic.RateLimitError);
  expect(other).toMatchObject({ error: { error: { details: { error_code: "insufficient_quota" } } } });
  expect(requests()).toBe(2);
});

test("a rate that is reached is the official SDKs' RateLimitError", async () => {
  const { openai, anthropic, requests } = await start({ metric: "tokens", window: "minute", max: 26 });
  // Within the limit once.
  expect((await openai.chat.completions.create({ ...REQUEST, max_tokens: 3 })).usage?.total_tokens).toBe(10);
  const limited = { maxRetries: 0 };
  const error = await openai.chat.completions.create(REQUEST, limited).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  const other = await anthropic.messages.create(REQUEST, limited).catch((reason: unknown) => reason);
  expect(other).toBeInstanceOf(Anthropic.RateLimitError);
  expect(requests()).toBe(3);
});
