import { newApiKey } from "../../domain/api-key.ts";
import { startTestGateway, type TestGatewayOptions } from "../../gateway/test/test-gateway.ts";
import { BATCHES, chatLine, openAi, startBatchWorld } from "./batch-world.ts";

/** Quick rounds, and leases that are over soon. */
const timing = { pollMs: 40, heartbeatMs: 100, leaseMs: 1000, retryMs: 20, failureMs: 50, linesPerSlice: 25 };

type World = Awaited<ReturnType<typeof startBatchWorld>>;

export async function setUp(
  options: TestGatewayOptions & { readonly world?: World; readonly now?: () => number } = {},
) {
  const world = options.world ?? (await startBatchWorld());
  const { now } = options;
  const test = await startTestGateway({
    ...options,
    config: { batches: BATCHES, ...options.config },
    batchStorage: { dynamodb: world.dynamodb, s3: world.s3, timing, ...(now === undefined ? {} : { now }) },
  });
  return { ...test, world, client: openAi(test.url) };
}

export function apiKey() {
  const { secret, keyId, hash } = newApiKey();
  return { key: secret, item: { keyId, hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" } };
}

export const numbered = (count: number) => Array.from({ length: count }, (_, index) => chatLine(`line-${index}`));
export const ids = (lines: readonly { readonly custom_id: string }[]) => lines.map(({ custom_id }) => custom_id).sort();
