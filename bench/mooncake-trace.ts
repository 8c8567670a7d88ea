import { readFileSync } from "node:fs";
import type { ModelRequest } from "../test-support/replica-model.ts";

/** Tokens of one entry of `hash_ids`. */
export const TRACE_BLOCK_TOKENS = 512;

/**
 * Reads the published Mooncake conversation trace: one JSON object per line with `timestamp` (ms), `input_length`,
 * `output_length` and `hash_ids`, where equal ids mean equal text up to and including the block.
 * @throws if the file can't be read or a line has another form
 */
export function readMooncakeTrace(path: string): readonly ModelRequest[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line, index) => (line === "" ? [] : [requestOf(JSON.parse(line), `${path}:${index + 1}`)]));
}

function requestOf(entry: Record<string, unknown>, location: string): ModelRequest {
  const { timestamp, input_length: promptTokens, output_length: outputTokens, hash_ids: ids } = entry;
  if (typeof timestamp !== "number" || typeof promptTokens !== "number" || typeof outputTokens !== "number")
    throw new Error(
      `${location} has no timestamp, input_length or output_length; use the Mooncake conversation trace.`,
    );
  if (!Array.isArray(ids)) throw new Error(`${location} has no hash_ids; use the Mooncake conversation trace.`);
  return { arrivesAt: timestamp / 1000, promptTokens, outputTokens, blocks: Float64Array.from(ids) };
}

/** The share of prompt tokens that one unbounded cache would hit. */
export function hitCeiling(requests: readonly ModelRequest[]): number {
  const seen = new Set<number>();
  let hit = 0;
  let all = 0;
  for (const { blocks, promptTokens } of requests) {
    let matched = 0;
    while (matched < blocks.length && seen.has(blocks[matched] ?? 0)) matched++;
    for (const key of blocks) seen.add(key);
    hit += Math.min(matched * TRACE_BLOCK_TOKENS, promptTokens);
    all += promptTokens;
  }
  return hit / all;
}
