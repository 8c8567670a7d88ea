import type { LimitSetting, TierSettings } from "../../contracts/limits/limit-settings.ts";
import type { UseLimit } from "../../contracts/limits/use-limit.ts";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import type { Environment } from "../../settings/environment.ts";
import type { LimitSubject, StoredLimits } from "./subject-limits.ts";

/** The limits of each tier, by its name. */
export type Tiers = Readonly<Record<string, DeepReadonly<readonly LimitSetting[]>>>;

/** A key or project names a tier that this environment does not have. */
export class UnknownTier extends Error {
  readonly subject: LimitSubject;
  readonly tier: string;

  constructor({ scope, subject }: LimitSubject, tier: string) {
    super(`The ${scope} ${subject} has the tier ${JSON.stringify(tier)}, which this environment does not have.`);
    this.name = "UnknownTier";
    this.subject = { scope, subject };
    this.tier = tier;
  }
}

/**
 * The limits of all subjects of a key, with those of their tiers. A key whose plan has the name of a tier has that tier,
 * unless it names another one. A subject's own limit takes the place of its tier's limit of the same counter.
 * @throws {UnknownTier}
 */
export function withTiers(
  subjects: readonly StoredLimits[],
  key: { readonly keyId: string; readonly plan: string },
  tiers: Tiers,
): readonly StoredLimits[] {
  const all = subjects.some(({ scope }) => scope === "key") ? subjects : [...subjects, emptyLimits(key.keyId)];
  return all.map((subject) => {
    const { scope, tier = scope === "key" && Object.hasOwn(tiers, key.plan) ? key.plan : undefined } = subject;
    if (tier === undefined) return subject;
    if (!Object.hasOwn(tiers, tier)) throw new UnknownTier(subject, tier);
    return { ...subject, limits: [...subject.limits, ...besideOwn(subject.limits, tiers[tier] ?? [])] };
  });
}

/** The limits of a tier that hold beside a subject's own: those of counters that its own limits do not have. */
export function besideOwn<Of extends UseLimit>(own: readonly UseLimit[], ofTier: readonly Of[]): readonly Of[] {
  const counters = new Set(own.map(counterOf));
  return ofTier.filter((limit) => !counters.has(counterOf(limit)));
}

function emptyLimits(keyId: string): StoredLimits {
  const nothing = { version: 0, limits: [], models: undefined, retention: undefined, isComplete: true };
  return { scope: "key", subject: keyId, ...nothing };
}

function counterOf({ metric, window, model, timeZone = "UTC", action = "stop" }: UseLimit): string {
  return JSON.stringify([metric, window, model, timeZone, action]);
}

type UsagePlan = Environment["api"]["usagePlans"][string];

/** Where the tier does not say how many. */
const EXPECTED_KEYS = 10;
/** API Gateway's own. */
const MAX_RATE = 10_000;
const SECONDS = { minute: 60, hour: 3600 } as const;

/**
 * The usage plan of a tier: a coarse wall in front of the gateways' exact limits. It lets through what all keys of the tier
 * that are expected may send together, and in a burst two seconds of that, or all that one key may send in its window.
 * @param throttle of the whole stage, for a tier without a limit of requests per minute or hour
 */
export function tierPlan(
  { limits, expectedKeys = EXPECTED_KEYS }: DeepReadonly<TierSettings>,
  throttle: Environment["api"]["throttle"],
): UsagePlan {
  const requests = limits.filter(({ metric, model }) => metric === "requests" && model === undefined);
  const windows = requests.flatMap(({ window, max }) =>
    window === "minute" || window === "hour" ? [{ max, perSecond: (max * expectedKeys) / SECONDS[window] }] : [],
  );
  const months = requests.flatMap(({ window, max }) => (window === "month" ? [max * expectedKeys] : []));
  const month = Math.min(...months);
  const requestsPerMonth = Number.isFinite(month) ? Math.min(Math.max(1, month), MAX_QUOTA) : null;
  if (windows.length === 0) return { ...throttle, requestsPerMonth };
  // A tier that permits nothing is refused by the gateways: API Gateway has no rate of 0.
  const rate = Math.min(MAX_RATE, Math.max(1, Math.min(...windows.map(({ perSecond }) => perSecond))));
  const burst = Math.max(Math.ceil(2 * rate), Math.min(...windows.map(({ max }) => max)));
  return { requestsPerSecond: rate, burst: Math.min(MAX_RATE, burst), requestsPerMonth };
}

/** API Gateway takes an integer of 32 bits. */
const MAX_QUOTA = 2 ** 31 - 1;
