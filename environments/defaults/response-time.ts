import { catalogInstanceType, INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { catalogModel, MODEL_IDS } from "../../catalog/models.ts";
import { secondsPerResponse } from "../../domain/throughput.ts";
import { isRecord } from "../../lib/is-record.ts";

/** A response of a page and a half of text, after as long a prompt. */
const SHAPE = { promptTokens: 1000, completionTokens: 1000 };

/**
 * Estimated seconds of the slowest model's whole response, while half of the sequences of its engine are busy. What a check
 * will report (an unknown model, a wrong number) counts as 0.
 * @param pools with their defaults
 */
export function slowestResponseSeconds(pools: unknown): number {
  if (!isRecord(pools)) return 0;
  return Math.max(0, ...Object.values(pools).map((pool) => (isRecord(pool) ? responseSeconds(pool) : 0)));
}

function responseSeconds(pool: Readonly<Record<string, unknown>>): number {
  const modelId = MODEL_IDS.find((id) => id === pool.model);
  const typeId = INSTANCE_TYPE_IDS.find((id) => id === pool.instanceType);
  const { tensorParallel, maxSequences } = pool;
  if (modelId === undefined || typeId === undefined) return 0;
  if (typeof tensorParallel !== "number" || typeof maxSequences !== "number") return 0;
  const { gpu } = catalogInstanceType(typeId);
  if (gpu === undefined) return 0;
  const sequences = Math.max(1, Math.round(maxSequences / 2));
  const seconds = secondsPerResponse({ model: catalogModel(modelId), gpu, tensorParallel, sequences, ...SHAPE });
  return Number.isFinite(seconds) ? seconds : 0;
}
