import type { UseLimit } from "../../contracts/limits/use-limit.ts";
import type { KeyOwner } from "../../contracts/processes/auth.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { appliedLimit } from "../../domain/limits/applied-limits.ts";
import type { LimitSubject, StoredLimits } from "../../domain/limits/subject-limits.ts";
import { isCalendarWindow, windowAt } from "../../domain/limits/windows.ts";
import type { LimitGrant, LimitRefusal, LimitStore } from "../limits/limit-store.ts";
import { MemoryLimitStore } from "../limits/memory-limit-store.ts";
import type { QuotaCounter, QuotaStore } from "../limits/quota-store.ts";
import { post, startTestGateway, type TestGatewayOptions } from "./test-gateway.ts";

/** A minute that lasts for the whole test. */
export const LIMIT_NOW = Date.parse("2026-06-01T12:00:10.000Z");
/** Dollars for a million tokens: a prompt token costs 1,000 nano-dollars, one of a completion 2,000. */
export const LIMIT_PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } as const;

/** Limits of a subject as a key has them. */
export const storedLimits = (subject: LimitSubject, limits: readonly UseLimit[]): StoredLimits => ({
  ...subject,
  version: 1,
  limits,
  models: undefined,
  retention: undefined,
  isComplete: true,
});

/** Windows of the calendar, counted in memory: of one process, with nothing drawn ahead. */
export class MemoryQuotaStore implements QuotaStore {
  readonly #store = new MemoryLimitStore({ wallClock: () => 0 });

  async reserve(counters: readonly QuotaCounter[]): Promise<LimitGrant | LimitRefusal> {
    const ends = counters.map(({ window, timeZone }) => windowAt(window, timeZone, LIMIT_NOW).endMs - LIMIT_NOW);
    const outcome = this.#store.reserveNow(
      counters.map((counter) => ({ ...counter, windowSeconds: 2 ** 30 })),
      1000,
    );
    if (!outcome.isGranted) return { ...outcome, resetMs: ends[outcome.counter] ?? 0 };
    return { ...outcome, resetMs: ends };
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** A gateway with the pool `tiny`, and keys whose limits the test sets. */
export async function startLimitedGateway(options: TestGatewayOptions & { readonly rates?: LimitStore } = {}) {
  const rates = options.rates ?? new MemoryLimitStore({ wallClock: () => LIMIT_NOW });
  const quotas = options.quotaStore ?? new MemoryQuotaStore();
  const gateway = await startTestGateway({
    ...options,
    config: { auth: "required", ...options.config },
    model: { price: LIMIT_PRICE, ...options.model },
    wallClock: () => LIMIT_NOW,
    limitStore: rates,
    quotaStore: quotas,
  });
  const keyed = (owner?: KeyOwner, projectId?: string) => {
    const key = createKey({ name: "k", plan: "standard", createdAt: new Date(LIMIT_NOW), owner, projectId });
    const { keyId } = key.item;
    const limit = (...limits: readonly StoredLimits[]) => gateway.keys.set(keyId, { ...key.item, limits });
    limit();
    const subject = { scope: "key", subject: keyId } as const;
    return { ...key, keyId, subject, headers: { authorization: `Bearer ${key.secret}` }, limit };
  };
  /** What is counted in a limit now. */
  const used = async (subject: LimitSubject, limit: UseLimit): Promise<number> => {
    const { name, window, timeZone } = appliedLimit(subject, limit);
    const max = Number.MAX_SAFE_INTEGER;
    const counter = { name, max, amount: 0 };
    const seconds = { now: 0, minute: 60, hour: 3600 } as const;
    const outcome = isCalendarWindow(window)
      ? await quotas.reserve([{ ...counter, window, timeZone, isMoney: false }])
      : await rates.reserve([{ ...counter, windowSeconds: seconds[window] }], 1000);
    if (outcome === undefined || !outcome.isGranted) throw new Error("A request for nothing was refused.");
    outcome.settle([0]);
    return max - (outcome.left[0] ?? 0);
  };
  return { ...gateway, rates, keyed, used };
}

/** A gateway with a key that has these limits. */
export async function startLimitedKey(
  limits: readonly UseLimit[],
  options: Parameters<typeof startLimitedGateway>[0] = {},
) {
  const gateway = await startLimitedGateway(options);
  const key = gateway.keyed();
  const limit = (...all: readonly UseLimit[]) => key.limit(storedLimits(key.subject, all));
  limit(...limits);
  const send = (path: string, body: unknown, init: RequestInit = {}) =>
    post(gateway.url, path, body, key.headers, init);
  const sent = () => {
    const last = gateway.engines[0]?.received.at(-1);
    if (last === undefined) throw new Error("no request came to the engine");
    return last;
  };
  const used = (one: UseLimit) => gateway.used(key.subject, one);
  return { ...gateway, key, limit, send, sent, used };
}
