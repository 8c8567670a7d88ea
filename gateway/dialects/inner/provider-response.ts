import type { FinishReason, Usage } from "../../../contracts/api/sampling.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import { countOf } from "../../outside-values/token-count.ts";
import { textOf } from "./json.ts";

/** The finish reason of a response, by a provider's own words for it; `stop` for an unknown word. */
export function finishReasonOf(reasons: Readonly<Record<string, FinishReason>>, stopReason: unknown): FinishReason {
  const isKnown = typeof stopReason === "string" && Object.hasOwn(reasons, stopReason);
  return (isKnown ? reasons[stopReason] : undefined) ?? "stop";
}

/** The blocks of a message, or parts of it. @throws {GatewayError} `upstream_error` where one is no object */
export function blocksOf(content: readonly unknown[]): readonly Readonly<Record<string, unknown>>[] {
  return content.map((block) => {
    if (!isRecord(block)) throw new GatewayError("upstream_error");
    return block;
  });
}

/** What a model wrote; empty where there is none. @throws {GatewayError} `upstream_error` where it is no text */
export function writtenText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new GatewayError("upstream_error");
  return value;
}

/** The name of a call. @throws {GatewayError} `upstream_error` where it has none, as no one could answer it */
export function calledName(name: unknown): string {
  const called = textOf(name);
  if (called === undefined) throw new GatewayError("upstream_error");
  return called;
}

/** Counts of providers that report tokens read from and written to their cache apart from the rest of the prompt. */
export interface ApartCounts {
  readonly input: unknown;
  readonly cacheRead: unknown;
  readonly cacheWritten: unknown;
  readonly output: unknown;
}

/**
 * The same in OpenAI's form, which counts the whole prompt together.
 * @returns `undefined` where the prompt has no count, or a count is nonsense: then the tokens are estimated
 */
export function usageOf({ input, cacheRead, cacheWritten, output }: ApartCounts): Usage | undefined {
  const apart = countOf(input);
  const completion = countOf(output ?? 0);
  if (apart === undefined || completion === undefined) return undefined;
  const read = countOf(cacheRead) ?? 0;
  const written = countOf(cacheWritten) ?? 0;
  const prompt = apart + read + written;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: read, ...(written > 0 ? { cache_write_tokens: written } : {}) },
  };
}
