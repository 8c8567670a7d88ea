import { expect, test } from "vitest";
import { MemoryResponseStore } from "../responses/memory-response-store.ts";
import type { ResponseStore } from "../responses/response-store.ts";
import { post, startTestGateway } from "../test/test-gateway.ts";

const BODY = { model: "tiny", input: "a", store: true };

async function respond(responses: ResponseStore) {
  const { url, log } = await startTestGateway({ responses });
  const response = await post(url, "/v1/responses", BODY);
  return { url, log, status: response.status, body: (await response.json()) as { id: string; store: boolean } };
}

test("a response that states `store: true` is sent after it was written", async () => {
  const memory = new MemoryResponseStore({ maxBytes: 1_000_000, ttlSeconds: 60, now: () => performance.now() });
  let isWritten = false;
  const slow: ResponseStore = {
    get: (tenant, id) => memory.get(tenant, id),
    delete: (tenant, id) => memory.delete(tenant, id),
    put: async (tenant, id, stored) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await memory.put(tenant, id, stored);
      isWritten = true;
    },
  };
  const { url, status, body } = await respond(slow);
  expect([status, body.store, isWritten]).toEqual([200, true, true]);
  expect((await fetch(`${url}/v1/responses/${body.id}`)).status).toBe(200);
});

test("a response that could not be written states `store: false`, and the log has why", async () => {
  const { status, body, log } = await respond(
    new MemoryResponseStore({ maxBytes: 100, ttlSeconds: 60, now: () => performance.now() }),
  );
  expect([status, body.store]).toEqual([200, false]);
  expect(log().filter(({ msg }) => msg === "a response was not stored")).toHaveLength(1);
});
