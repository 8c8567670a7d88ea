import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { post, startTestGateway } from "../test/test-gateway.ts";

const ROUTES = [
  "/v1/completions",
  "/v1/chat/completions",
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/v1/responses",
];

/** Bodies that are nearly valid: some fields are, the others have any value. */
const body = fc.record(
  {
    model: fc.oneof(fc.constant("tiny"), fc.jsonValue()),
    prompt: fc.oneof(fc.string(), fc.jsonValue()),
    messages: fc.oneof(
      fc.array(fc.record({ role: fc.constantFrom("user", "assistant", "tool", "x"), content: fc.jsonValue() }), {
        minLength: 1,
      }),
      fc.jsonValue(),
    ),
    input: fc.oneof(fc.string(), fc.jsonValue()),
    max_tokens: fc.oneof(fc.constant(5), fc.jsonValue()),
    stream: fc.oneof(fc.boolean(), fc.jsonValue()),
    stop: fc.jsonValue(),
    tools: fc.jsonValue(),
    tool_choice: fc.jsonValue(),
    system: fc.jsonValue(),
    text: fc.jsonValue(),
    temperature: fc.jsonValue(),
    response_format: fc.jsonValue(),
    logit_bias: fc.jsonValue(),
    __proto__: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

describe("bodies, whatever they are", () => {
  test("get 200 or 400 with an error in the route's shape, never 500", async () => {
    const { url, log } = await startTestGateway();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ROUTES), fc.oneof(body, fc.jsonValue()), async (route, value) => {
        const response = await post(url, route, JSON.stringify(value));
        const text = await response.text();
        expect([200, 400, 404]).toContain(response.status);
        if (response.status === 200) return;
        const failure = JSON.parse(text) as { type?: string; error: { type: string; message: string } };
        expect(failure.type === "error").toBe(route.startsWith("/v1/messages"));
        expect(failure.error.message.length).toBeGreaterThan(10);
      }),
      { numRuns: 300 },
    );
    expect(log().filter(({ failure }) => failure !== undefined)).toEqual([]);
  });

  test("that are no JSON, or half of one, are 400", async () => {
    const { url } = await startTestGateway();
    const half = fc.tuple(body, fc.double({ min: 0, max: 0.99, noNaN: true })).map(([value, part]) => {
      const bytes = Buffer.from(JSON.stringify(value));
      return bytes.subarray(0, Math.floor(bytes.length * part));
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ROUTES),
        fc.oneof(half, fc.uint8Array({ maxLength: 200 })),
        async (route, bytes) => {
          const headers = { "content-type": "application/json" };
          const response = await fetch(url + route, { method: "POST", headers, body: Buffer.from(bytes) });
          await response.arrayBuffer();
          expect(response.status).toBe(400);
        },
      ),
      { numRuns: 150 },
    );
  });
});
