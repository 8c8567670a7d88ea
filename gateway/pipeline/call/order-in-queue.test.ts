import { describe, expect, test } from "vitest";
import { newApiKey } from "../../../domain/keys/api-key.ts";
import { createKey } from "../../../domain/keys/key-item.ts";
import { as, block, send, served, startNarrow, untilWaiting } from "../../test/narrow-gateway.ts";

/** A gateway whose requests wait for as long as a busy machine needs to send all of them. */
const startPatient = () => {
  const timeouts = { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 };
  const config = { auth: "optional", timeouts } as const;
  return startNarrow({ waitSeconds: 60 }, { engines: [{ firstByteMs: 5 }], config });
};

describe("a request that waits for a slot", () => {
  // documented: queue-priorities
  test("is served by priority: critical, then normal, then batch", async () => {
    const gateway = await startPatient();
    const { keyId, hash, secret } = newApiKey();
    const item = { keyId, hash, name: "test", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
    gateway.keys.set(keyId, { ...item, maxPriority: "critical" });
    const blocked = await block(gateway);
    const responses: Promise<Response>[] = [];
    for (const priority of ["batch", "normal", "critical", "normal", "critical"]) {
      const headers = { authorization: `Bearer ${secret}`, "x-sluice-priority": priority };
      responses.push(send(gateway.url, headers, { prompt: priority }));
      await untilWaiting(gateway, responses.length);
    }
    await blocked.free();
    await Promise.all(responses);
    expect(served(gateway)).toEqual(["critical", "critical", "normal", "normal", "batch"]);
  });

  test("waits in turn with those of other tenants, however many they have sent before", async () => {
    const gateway = await startPatient();
    const blocked = await block(gateway);
    const responses: Promise<Response>[] = [];
    for (const [address, count] of [
      ["192.0.2.1", 20],
      ["192.0.2.2", 3],
    ] as const)
      for (let index = 0; index < count; index++) {
        // 1,024 tokens each with the prompt: one quantum.
        responses.push(send(gateway.url, as(address), { prompt: address, max_tokens: 1000 }));
        await untilWaiting(gateway, responses.length);
      }
    await blocked.free();
    await Promise.all(responses);
    const positions = served(gateway).flatMap((prompt, position) => (prompt === "192.0.2.2" ? [position] : []));
    expect(positions).toEqual([1, 3, 5]);
  });

  // documented: weighted-projects-in-gateway
  test("waits in turn with those of other projects by their weights, however many keys and addresses each of them has", async () => {
    const gateway = await startPatient();
    const keyOf = (projectId: string, weight?: number) => {
      const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(), projectId });
      gateway.keys.set(item.keyId, { ...item, weight });
      return { authorization: `Bearer ${secret}` };
    };
    const keys = [
      ["heavy", keyOf("proj_1", 3)],
      ["light", keyOf("proj_2")],
      ["light", keyOf("proj_2")],
    ] as const;
    const blocked = await block(gateway);
    const responses: Promise<Response>[] = [];
    for (let index = 0; index < 12; index++)
      for (const [prompt, headers] of keys) responses.push(send(gateway.url, headers, { prompt, max_tokens: 1000 }));
    await untilWaiting(gateway, responses.length);
    await blocked.free();
    expect((await Promise.all(responses)).every(({ status }) => status === 200)).toBe(true);
    const first = served(gateway).slice(0, 16);
    expect(first.filter((prompt) => prompt === "heavy")).toHaveLength(12);
    expect(served(gateway)).toHaveLength(36);
  });

  test("waits with those of all other callers without a key as with one project, however many addresses these have", async () => {
    const gateway = await startPatient();
    const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(), projectId: "proj_1" });
    gateway.keys.set(item.keyId, item);
    const blocked = await block(gateway);
    const responses: Promise<Response>[] = [];
    for (let index = 0; index < 18; index++) {
      const headers = index < 12 ? as(`192.0.2.${index}`) : { authorization: `Bearer ${secret}` };
      responses.push(send(gateway.url, headers, { prompt: index < 12 ? "keyless" : "project", max_tokens: 1000 }));
    }
    await untilWaiting(gateway, responses.length);
    await blocked.free();
    await Promise.all(responses);
    expect(
      served(gateway)
        .slice(0, 12)
        .filter((prompt) => prompt === "project"),
    ).toHaveLength(6);
  });
});
