import { describe, expect, test } from "vitest";
import { startLimitedKey } from "../test/limited-gateway.ts";
import { chat, completion, errorOf } from "../test/test-gateway.ts";
import { clamped } from "./body/clamp.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const message = (fields: object = {}) => ({ ...chat(), max_tokens: 500, ...fields });

const OUTPUT = { metric: "output_tokens", window: "minute", max: 100 } as const;
const TOKENS = { metric: "tokens", window: "minute", max: 1000 } as const;

describe("a completion that may be longer than what is left", () => {
  // documented: completion-clamped
  test.each([
    [CHAT, chat({ max_tokens: 500 }), "max_tokens"],
    [CHAT, chat({ max_completion_tokens: 500 }), "max_completion_tokens"],
    [CHAT, chat({ max_completion_tokens: 500, stream: true }), "max_completion_tokens"],
    [CHAT, chat(), "max_completion_tokens"],
    [CHAT, chat({ stream: true }), "max_completion_tokens"],
    [CHAT, chat({ max_tokens: null }), "max_completion_tokens"],
    ["/v1/completions", completion({ max_tokens: 500 }), "max_tokens"],
    ["/v1/completions", completion(), "max_tokens"],
    ["/v1/completions", completion({ stream: true }), "max_tokens"],
    ["/v1/responses", { model: "tiny", input: "x" }, "max_completion_tokens"],
    ["/v1/responses", { model: "tiny", input: "x", max_output_tokens: 500, stream: true }, "max_completion_tokens"],
    [MESSAGES, message(), "max_completion_tokens"],
    [MESSAGES, message({ stream: true }), "max_completion_tokens"],
  ])("%s %j is sent with `%s` cut to it, and says so", async (path, body, field) => {
    const { send, sent } = await startLimitedKey([OUTPUT]);
    const response = await send(path, body);
    expect(response.status, await response.text()).toBe(200);
    expect(response.headers.get("x-sluice-clamped")).toBe("max_tokens=100");
    expect(sent().body).toMatchObject({ [field]: 100 });
    const bounds = ["max_tokens", "max_completion_tokens"].filter((name) => sent().body[name] !== undefined);
    expect(bounds.filter((name) => sent().body[name] !== null)).toEqual([field]);
  });

  test("is sent as it is where it fits", async () => {
    const { send, sent } = await startLimitedKey([OUTPUT]);
    const response = await send(CHAT, chat({ max_tokens: 100 }));
    expect(response.headers.get("x-sluice-clamped")).toBeNull();
    expect(sent().body).toMatchObject({ max_tokens: 100 });
  });

  test.each([
    [chat({ n: 4 }), 25],
    [completion({ n: 2, best_of: 4 }), 25],
    [completion({ prompt: ["a", "b"], n: 2 }), 25],
  ])("shares it with the others of its request: %j", async (body, each) => {
    const { send, sent } = await startLimitedKey([OUTPUT]);
    expect((await send("prompt" in body ? "/v1/completions" : CHAT, body)).status).toBe(200);
    expect(sent().body).toMatchObject({ ["prompt" in body ? "max_tokens" : "max_completion_tokens"]: each });
  });

  test("leaves every other byte of the body, a seed of 64 bits included", async () => {
    const { send, sent } = await startLimitedKey([OUTPUT]);
    const text = '{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"seed":9007199254740993';
    await send(CHAT, `${text}}`);
    expect(sent().text).toBe(`{"max_completion_tokens":100,${text.slice(1)}}`);
    await send(CHAT, `${text},"max_tokens":500}`);
    expect(sent().text).toContain('"seed":9007199254740993');
  });

  test("is cut in the client's own body too, for providers that speak its dialect", async () => {
    const generation = (client: object) =>
      ({ route: CHAT, model: "tiny", fields: {}, bytes: Buffer.from("{}"), maxTokens: undefined, client }) as never;
    const messages = await clamped(generation({ dialect: "messages", fields: { max_tokens: 500, system: "x" } }), 100);
    expect(messages.client?.fields).toEqual({ max_tokens: 100, system: "x" });
    const responses = await clamped(generation({ dialect: "responses", fields: { input: "x" } }), 100);
    expect(responses.client?.fields).toEqual({ input: "x", max_output_tokens: 100 });
  });

  test("is refused under 16 tokens, or under its thinking budget", async () => {
    const { limit, send } = await startLimitedKey([{ ...OUTPUT, max: 15 }]);
    await errorOf(await send(CHAT, chat()), 429, "rate_limit_exceeded");
    expect((await send(CHAT, chat({ max_tokens: 15 }))).status).toBe(200);
    const thinking = { type: "enabled", budget_tokens: 1024 };
    limit({ ...OUTPUT, window: "hour", max: 1024 });
    expect((await send(MESSAGES, message({ max_tokens: 2000, thinking }))).status).toBe(429);
    limit({ ...OUTPUT, window: "hour", max: 1025 });
    expect((await send(MESSAGES, message({ max_tokens: 2000, thinking }))).status).toBe(200);
  });

  test("by the tightest of all limits, of money too", async () => {
    // A token of a completion costs 2,000 nano-dollars, one of the prompt 1,000.
    const money = { metric: "nano_usd", window: "month", max: 1_000_000 } as const;
    const { send, sent } = await startLimitedKey([{ ...OUTPUT, max: 900 }, { ...TOKENS, max: 5000 }, money]);
    expect((await send(CHAT, chat())).status).toBe(200);
    const bound = Number(sent().body.max_completion_tokens);
    expect(bound).toBeLessThan(500);
    expect(bound).toBeGreaterThan(450);
  });
});
