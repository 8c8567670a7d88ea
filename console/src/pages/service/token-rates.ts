import type { LiveRequestList } from "../../../../contracts/live/live-requests.ts";

/** Tokens a second between two lists. */
export interface RatePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly perSecond: number;
}

/** What the chart shows. */
const SHOWN_MS = 120_000;

/** What lists had, each thread by itself: one that comes, goes or starts anew makes no jump. */
export interface RateState {
  readonly at: number | undefined;
  readonly tokens: ReadonlyMap<string, number>;
  readonly points: readonly RatePoint[];
}

export const NO_RATES: RateState = { at: undefined, tokens: new Map(), points: [] };

/** The state with one more list. The same list changes nothing. */
export function withList(before: RateState, { at: text, gateways }: LiveRequestList): RateState {
  const at = Date.parse(text);
  if (before.at !== undefined && at <= before.at) return before;
  const tokens = new Map(gateways.map(({ id, completionTokens }) => [id, completionTokens]));
  if (before.at === undefined) return { at, tokens, points: [] };
  const more = [...tokens].reduce((sum, [id, count]) => {
    const known = before.tokens.get(id);
    return known === undefined ? sum : sum + Math.max(0, count - known);
  }, 0);
  const point = { at, perSecond: (more * 1000) / (at - before.at) };
  return { at, tokens, points: [...before.points, point].filter((one) => one.at > at - SHOWN_MS) };
}
