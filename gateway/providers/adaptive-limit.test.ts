import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, post, startTestGateway, testConfig } from "../test/test-gateway.ts";

const CLIENTS = 30;
const REQUESTS_OF_CLIENT = 4;

// documented: provider-adaptive-limit
test("a provider that takes fewer requests at once than declared soon gets no more than it takes", async () => {
  const provider = await provide({ capacity: 4, firstByteMs: 20 });
  const { url } = await startTestGateway({
    config: {
      providers: [providerConfig("a", provider.origin, { maxInFlight: 64 })],
      routes: [routeConfig("chat", ["a/small"])],
      queue: { ...testConfig().queue, waitSeconds: 30 },
      timeouts: { firstByteSeconds: 30, totalSeconds: 30, idleSeconds: 30 },
    },
  });
  const client = async () => {
    for (let served = 0; served < REQUESTS_OF_CLIENT; ) {
      const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
      await response.text();
      if (response.status === 200) served++;
      else {
        expect(response.status).toBe(503);
        await sleep(50);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  // Without such a limit the provider refuses more requests than it serves, seen: 142 of 262.
  expect(provider.overCapacity).toBeLessThan((CLIENTS * REQUESTS_OF_CLIENT) / 2);
});
