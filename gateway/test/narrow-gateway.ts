import { expect } from "vitest";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { sumOfSamples } from "../../lib/prometheus-text.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import {
  completion,
  post,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  testConfig,
} from "./test-gateway.ts";

/** A gateway before engines that hold one request each. */
export function startNarrow(queue: Partial<GatewayConfig["queue"]> = {}, options: TestGatewayOptions = {}) {
  const { config, ...others } = options;
  return startTestGateway({
    model: { maxRequestsPerEngine: 1 },
    engines: [{ firstByteMs: 100 }],
    ...others,
    config: { ...config, queue: { ...testConfig().queue, ...queue } },
  });
}

export const send = (
  url: string,
  headers: Record<string, string> = {},
  fields: Record<string, unknown> = {},
  init: RequestInit = {},
) => post(url, "/v1/completions", completion(fields), headers, init);
export const as = (address: string, priority = "normal") => ({
  "x-sluice-client-ip": address,
  "x-sluice-priority": priority,
});

/** A sample of `/metrics` by its name and labels. */
export async function sample(gateway: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(gateway.metricsUrl)).text();
  return sumOfSamples(text, name) ?? Number.NaN;
}

export async function waitingRequests(gateway: TestGateway): Promise<number> {
  const counts = ["critical", "normal", "batch"].map((priority) =>
    sample(gateway, `sluice_queue_requests{priority="${priority}"}`),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

export const untilWaiting = (gateway: TestGateway, count: number) =>
  eventually(async () => expect(await waitingRequests(gateway)).toBe(count));

/** Lets the only engine hang with one request, so that all later requests wait until `free`. */
export async function block(gateway: TestGateway) {
  const [engine] = gateway.engines;
  if (engine === undefined) throw new Error("the gateway has no engine; start it with one");
  const before = engine.received.length;
  const { mode } = engine.behaviour;
  engine.behaviour.mode = "hang";
  const leaving = new AbortController();
  const blocker = send(gateway.url, as("192.0.2.99"), { prompt: "blocker" }, { signal: leaving.signal }).catch(
    () => undefined,
  );
  await eventually(() => expect(engine.received.length).toBe(before + 1));
  return {
    async free() {
      engine.behaviour.mode = mode;
      leaving.abort();
      await blocker;
    },
  };
}

/** Prompts in the order in which the engine got them. */
export const served = ({ engines }: TestGateway) =>
  (engines[0]?.received ?? []).map(({ body }) => body.prompt).filter((prompt) => prompt !== "blocker");
