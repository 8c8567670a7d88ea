import { StreamRepair } from "../dialects/providers/openai/stream-repair.ts";
import { EventScanner } from "../relay/event-scanner.ts";
import { findUsage, type TokenUsage } from "../relay/usage.ts";
import type { CachedResponse } from "./cached-response.ts";

/** vLLM's finish reason for an aborted completion. */
const ABANDONED = ['"finish_reason":"abort"', '"finish_reason": "abort"'].map((text) => Buffer.from(text));

/** A whole response of 200 as it is stored; `undefined` unless it is one finished JSON object with its usage. */
export function finishedWhole(bytes: Buffer, storedAt: number): CachedResponse | undefined {
  const usage = findUsage(bytes);
  if (usage === undefined || isAbandoned(bytes) || !isJson(bytes)) return undefined;
  return { kind: "whole", storedAt, ...tokensOf(usage), usageEvent: [0, 0], bytes };
}

export interface StreamOrigin {
  /** Whether a translator wrote the events: they are sound, and may have fields that no server of this dialect sends. */
  readonly isTranslated: boolean;
  /** Whether its client knows calls in the form that came before `tool_calls` alone. */
  readonly keepsFunctionCalls: boolean;
}

/**
 * A stream as it is stored, corrected as its client got it; `undefined` unless it ends with `[DONE]`, without an error
 * before it.
 * @param received all bytes of it, in OpenAI's dialect
 */
export function finishedStream(
  received: Buffer,
  storedAt: number,
  { isTranslated, keepsFunctionCalls }: StreamOrigin,
): CachedResponse | undefined {
  const repair = isTranslated ? {} : { repair: new StreamRepair({ keepsFunctionCalls }) };
  const bytes = new EventScanner({ stripUsage: false, ...repair }).push(received);
  const scanner = new EventScanner({ stripUsage: true });
  const withoutUsage = Buffer.concat([scanner.push(bytes), scanner.rest()]);
  const { isDone, hasError, usage } = scanner;
  if (!isDone || hasError || usage === undefined || isAbandoned(bytes)) return undefined;
  const usageEvent = removedPart(bytes, withoutUsage);
  return usageEvent && { kind: "stream", storedAt, ...tokensOf(usage), usageEvent, bytes };
}

/** @returns the bytes for a client that requested usage, or for one that did not */
export function responseBytes({ bytes, usageEvent: [start, end] }: CachedResponse, wantsUsage: boolean): Buffer {
  if (wantsUsage || start === end) return bytes;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

function tokensOf({ promptTokens, completionTokens }: TokenUsage) {
  return { promptTokens, completionTokens };
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

function isAbandoned(bytes: Buffer): boolean {
  return ABANDONED.some((text) => bytes.includes(text));
}

/** The one part of `all` without which it is `rest`; `undefined` when there is no such part. */
function removedPart(all: Buffer, rest: Buffer): readonly [number, number] | undefined {
  let start = 0;
  while (start < rest.length && all[start] === rest[start]) start++;
  const end = start + all.length - rest.length;
  return all.subarray(end).equals(rest.subarray(start)) ? [start, end] : undefined;
}
