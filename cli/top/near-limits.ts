import type { Limit } from "../../contracts/control/limits.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { resetOf } from "../control/reset-of.ts";
import { storedLimits } from "../control/stored-limits.ts";
import type { LiveRow } from "./live-view.ts";

/** A limit of which most is used. */
export interface NearLimit {
  readonly subjectId: string;
  /** `budget/month` or `concurrency`. */
  readonly limit: string;
  /** Nano-dollars of a budget, requests of a limit of requests at once. */
  readonly used: number;
  readonly max: number;
  /** When a budget begins anew, by the clock of its time zone. @default - it does not */
  readonly resetsAt?: string | undefined;
}

interface ConcurrencyLimit {
  readonly scope: string;
  readonly subjectId: string;
  readonly max: number;
  readonly model: string | undefined;
}

/** Limits that one can be near to: budgets with what is spent of them, and numbers of requests at once. */
export interface WatchedLimits {
  readonly budgets: readonly NearLimit[];
  readonly concurrency: readonly ConcurrencyLimit[];
}

/** From this part on a limit is near. */
const NEAR = 0.8;

/** Reads all limits, and what is spent of budgets. */
export async function watchedLimits(client: AdminClient, nowMs: number): Promise<WatchedLimits> {
  const all = (await storedLimits(client, { withUsed: true })).flatMap(({ scope, subject_id: subjectId, limits }) =>
    limits.map((limit) => ({ scope, subjectId, limit })),
  );
  const budgets = all.flatMap(({ subjectId, limit }): readonly NearLimit[] => {
    const { metric, window, model, max, used } = limit;
    if (metric !== "nano_usd" || used === undefined) return [];
    const name = model === undefined ? `budget/${window}` : `budget/${window} of ${model}`;
    return [{ subjectId, limit: name, used, max, resetsAt: resetOf(limit, nowMs) }];
  });
  return {
    budgets,
    concurrency: all
      .filter(({ limit }) => isConcurrency(limit))
      .map(({ scope, subjectId, limit }) => ({
        scope,
        subjectId,
        max: limit.max,
        model: limit.model,
      })),
  };
}

/** Those of which 80 % are used, the fullest first. */
export function nearLimits({ budgets, concurrency }: WatchedLimits, rows: readonly LiveRow[]): readonly NearLimit[] {
  const atOnce = concurrency.map(({ scope, subjectId, max, model }) => ({
    subjectId,
    limit: model === undefined ? "concurrency" : `concurrency of ${model}`,
    used: rows.filter((row) => isOf(row, scope, subjectId, model)).reduce((sum, { requests }) => sum + requests, 0),
    max,
  }));
  return [...budgets, ...atOnce]
    .filter(({ used, max }) => used >= NEAR * max)
    .sort((a, b) => b.used / b.max - a.used / a.max);
}

function isConcurrency({ metric }: Limit): boolean {
  return metric === "concurrency";
}

function isOf(row: LiveRow, scope: string, subjectId: string, model: string | undefined): boolean {
  if (model !== undefined && row.model !== model) return false;
  if (scope === "organization") return true;
  if (scope === "project") return row.projectId === subjectId;
  return scope === "key" && `key_${row.keyId}` === subjectId;
}
