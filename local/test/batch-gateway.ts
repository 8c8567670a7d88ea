import { newApiKey } from "../../domain/keys/api-key.ts";
import { startTestGateway, type TestGatewayOptions } from "../../gateway/test/test-gateway.ts";
import { BATCHES, chatRequest, openAi, startBatchStorage } from "./batch-storage.ts";

/** Quick rounds, and leases that are over soon. */
const timing = { pollMs: 40, heartbeatMs: 100, leaseMs: 1000, retryMs: 20, failureMs: 50, linesPerSlice: 25 };

type Storage = Awaited<ReturnType<typeof startBatchStorage>>;

export async function setUp(
  options: TestGatewayOptions & { readonly storage?: Storage; readonly now?: () => number } = {},
) {
  const storage = options.storage ?? (await startBatchStorage());
  const { now } = options;
  const test = await startTestGateway({
    ...options,
    config: { batches: BATCHES, ...options.config },
    batchStorage: { dynamodb: storage.dynamodb, s3: storage.s3, timing, ...(now === undefined ? {} : { now }) },
  });
  return { ...test, storage, client: openAi(test.url) };
}

export function apiKey() {
  const { secret, keyId, hash } = newApiKey();
  return { key: secret, item: { keyId, hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" } };
}

export const numbered = (count: number) => Array.from({ length: count }, (_, index) => chatRequest(`line-${index}`));
export const ids = (lines: readonly { readonly custom_id: string }[]) => lines.map(({ custom_id }) => custom_id).sort();
