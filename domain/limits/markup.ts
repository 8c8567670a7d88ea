import type { Markup } from "../../contracts/limits/markup.ts";
import { ANONYMOUS_PLAN, type ApiKeyItem } from "../../contracts/processes/auth.ts";

/** Who pays for a request, and for which model. */
export interface MarkedUp {
  readonly projectId: string | undefined;
  /** Of its key; that of requests without a key where it has none. */
  readonly plan: string;
  /** Its public name. */
  readonly model: string;
}

/** Of a caller's key, what its price depends on. */
export type PayingKey = Partial<Pick<ApiKeyItem, "projectId" | "plan">>;

/** @param key of the caller; `undefined` for one without a key */
export function payerOf(key: PayingKey | undefined, model: string): MarkedUp {
  return { projectId: key?.projectId, plan: key?.plan ?? ANONYMOUS_PLAN, model };
}

/** The factor of a request's charge: that of the first markup that is about it, else 1. */
export function markupFactor(markups: readonly Markup[], { projectId, plan, model }: MarkedUp): number {
  const found = markups.find(
    (markup) =>
      (markup.project === undefined || markup.project === projectId) &&
      (markup.plan === undefined || markup.plan === plan) &&
      (markup.model === undefined || markup.model === model),
  );
  // A percentage has two decimals at most: a sum of hundredths is exact, the quotient is the double next to it.
  return found === undefined ? 1 : (10_000 + Math.round(found.percent * 100)) / 10_000;
}
