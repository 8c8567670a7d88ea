import { describe, expect, test } from "vitest";
import type { Priority } from "../../contracts/processes/priority.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { completion, errorOf, post, startTestGateway, type TestGateway } from "../test/test-gateway.ts";

/** A key that is known to this gateway. */
function keyOf({ keys }: TestGateway, maxPriority?: Priority): Record<string, string> {
  const { keyId, hash, secret } = newApiKey();
  const item = { keyId, hash, name: "test", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  keys.set(keyId, maxPriority === undefined ? item : { ...item, maxPriority });
  return { authorization: `Bearer ${secret}` };
}

const withPriority = (priority: string) => ({ "x-sluice-priority": priority });

describe("the priority of a request", () => {
  test("is normal, and is lowered by whoever wants it", async () => {
    const { url, log } = await startTestGateway();
    await post(url, "/v1/completions", completion());
    await post(url, "/v1/completions", completion(), withPriority("batch"));
    await post(url, "/v1/completions", completion({ service_tier: "flex" }));
    await post(url, "/v1/completions", completion({ service_tier: "flex" }), withPriority("normal"));
    const priorities = log()
      .filter((line) => line.msg === "request")
      .map((line) => line.priority);
    expect(priorities).toEqual(["normal", "batch", "batch", "normal"]);
  });

  // documented: request-priority
  test("is critical for keys that may, by header and by OpenAI's tier", async () => {
    const gateway = await startTestGateway({ config: { auth: "optional" } });
    const key = keyOf(gateway, "critical");
    await post(gateway.url, "/v1/completions", completion(), { ...key, ...withPriority("critical") });
    await post(gateway.url, "/v1/completions", completion({ service_tier: "priority" }), key);
    await post(gateway.url, "/v1/completions", completion(), key);
    const priorities = gateway
      .log()
      .filter((line) => line.msg === "request")
      .map((line) => line.priority);
    expect(priorities).toEqual(["critical", "critical", "normal"]);
  });

  test("above the caller's highest is 403 by header, and lowered by tier", async () => {
    const gateway = await startTestGateway({ config: { auth: "optional" } });
    for (const headers of [{}, keyOf(gateway)]) {
      const response = await post(gateway.url, "/v1/completions", completion(), {
        ...headers,
        ...withPriority("critical"),
      });
      expect((await errorOf(response, 403, "permission_denied")).param).toBe("x-sluice-priority");
      expect(
        (await post(gateway.url, "/v1/completions", completion({ service_tier: "priority" }), headers)).status,
      ).toBe(200);
    }
    expect(gateway.engines[0]?.received).toHaveLength(2);
  });

  test("is at most batch for a key that is for batches", async () => {
    const gateway = await startTestGateway({ config: { auth: "optional" } });
    const key = keyOf(gateway, "batch");
    await post(gateway.url, "/v1/completions", completion(), key);
    expect(await gateway.requestLine()).toMatchObject({ priority: "batch" });
    await errorOf(
      await post(gateway.url, "/v1/completions", completion(), { ...key, ...withPriority("normal") }),
      403,
      "permission_denied",
    );
  });

  test("a word that is no priority is 400 with those that are", async () => {
    const { url } = await startTestGateway();
    const error = await errorOf(
      await post(url, "/v1/completions", completion(), withPriority("urgent")),
      400,
      "invalid_request",
    );
    expect(error).toMatchObject({
      param: "x-sluice-priority",
      message: expect.stringContaining("critical, normal, batch"),
    });
  });
});
