import { describe, expect, test } from "vitest";
import { type CacheKeyParts, cacheKey } from "./cache-key.ts";

const PARTS: CacheKeyParts = {
  tenant: "key:a",
  route: "/v1/chat/completions",
  model: "tiny",
  targetId: "tiny",
  revision: "r1",
  generation: "0.0",
  stream: false,
  body: '{"messages":[]}',
};

describe("the key of a response", () => {
  test.each([
    { tenant: "key:b" },
    { route: "/v1/completions" },
    { model: "other" },
    { targetId: "provider/tiny" },
    { revision: "r2" },
    { generation: "1.0" },
    { stream: true },
    { body: "{}" },
  ])("is another one with %j", (change) => {
    expect(cacheKey({ ...PARTS, ...change })).not.toBe(cacheKey(PARTS));
  });

  test("can't be made equal by moving text from one part to the next", () => {
    expect(cacheKey({ ...PARTS, tenant: "a", route: "b/c" })).not.toBe(
      cacheKey({ ...PARTS, tenant: "a,b", route: "/c" }),
    );
    expect(cacheKey({ ...PARTS, tenant: 'a","b' })).not.toBe(cacheKey({ ...PARTS, tenant: "a" }));
  });

  test("has no part of the request in it", () => {
    expect(cacheKey({ ...PARTS, body: "secret words" })).toMatch(/^cache:answer:[\w-]{43}$/);
  });
});
