import { findUsage, hasUnsoundUsage, type TokenUsage, withUsage } from "./usage.ts";

const EMPTY = Buffer.alloc(0);
export const EMPTY_CHOICES = /"choices"\s*:\s*(?:\[\s*\]|null)/;
export const NO_USAGE = /"usage"\s*:\s*null/;
/** Data of an event. Its line ends at CR or LF alone: a full stop of a pattern also ends at U+2028 and U+2029, which JSON may have. */
export const DATA = /^data:[ \t]?([^\r\n]*)/m;

/** What an event says of the usage. */
export interface EventUsage {
  readonly usage: TokenUsage | undefined;
  /** The event without a usage that is nonsense, with which its client would count; `undefined` for the event itself. */
  readonly changed: Buffer | undefined;
}

/** Of an event without a usage. */
export const NOTHING: EventUsage = { usage: undefined, changed: undefined };

/**
 * @param isRepaired whether the event may be changed; those of our translators have sound counts
 * @returns `undefined` for an event that can't be corrected, as it is nested too deep
 */
export function usageIn(text: string, event: Buffer, isRepaired: boolean): EventUsage | undefined {
  const usage = findUsage(event);
  if (!isRepaired || NO_USAGE.test(text) || !hasUnsoundUsage(event)) return { usage, changed: undefined };
  if (EMPTY_CHOICES.test(text)) return { usage: undefined, changed: EMPTY };
  const json = DATA.exec(event.toString("utf8"))?.[1] ?? "";
  const uncounted = withUsage(json, null);
  return uncounted === undefined ? undefined : { usage: undefined, changed: dataEvent(uncounted) };
}

/** An event with this data. */
export function dataEvent(json: string): Buffer {
  return Buffer.from(`data: ${json}\n\n`);
}

/** Tokens that were counted once have been computed. */
export function largerOf(before: TokenUsage | undefined, usage: TokenUsage): TokenUsage {
  const cachedTokens = Math.max(before?.cachedTokens ?? 0, usage.cachedTokens ?? 0);
  const cacheWriteTokens = Math.max(before?.cacheWriteTokens ?? 0, usage.cacheWriteTokens ?? 0);
  const reasoningTokens = Math.max(before?.reasoningTokens ?? 0, usage.reasoningTokens ?? 0);
  return {
    promptTokens: Math.max(before?.promptTokens ?? 0, usage.promptTokens),
    completionTokens: Math.max(before?.completionTokens ?? 0, usage.completionTokens),
    ...(cachedTokens > 0 ? { cachedTokens } : {}),
    ...(cacheWriteTokens > 0 ? { cacheWriteTokens } : {}),
    ...(reasoningTokens > 0 ? { reasoningTokens } : {}),
  };
}
