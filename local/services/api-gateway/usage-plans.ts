import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import { TokenBucket } from "./token-bucket.ts";

interface Quota {
  readonly limit: number;
  readonly period: string;
  used: number;
  periodStart: string;
}

interface Plan {
  readonly stages: ReadonlySet<string>;
  readonly throttle: TokenBucket | undefined;
  readonly quota: Quota | undefined;
}

export type PlanVerdict = "allowed" | "invalid-key" | "throttled" | "quota-exceeded";

/** Usage plans of a REST API: which API key value belongs to which plan, and what the plan still allows. */
export class UsagePlans {
  readonly #plans = new Map<string, Plan>();
  readonly #keyValues = new Map<string, string>();
  readonly #planByKeyValue = new Map<string, Plan>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  addPlan(id: string, config: JsonObject): void {
    const throttle = block(config.throttle_settings);
    const quota = block(config.quota_settings);
    this.#plans.set(id, {
      stages: new Set(blocks(config.api_stages).map((stage) => `${asText(stage.api_id)}/${asText(stage.stage)}`)),
      throttle: throttle && new TokenBucket(asNumber(throttle.rate_limit), asNumber(throttle.burst_limit), this.#now),
      quota: quota && { limit: asNumber(quota.limit), period: asText(quota.period), used: 0, periodStart: "" },
    });
  }

  addKey(id: string, value: string): void {
    this.#keyValues.set(id, value);
  }

  /** Throttle and quota are each key's own on AWS; a plan here has one key, so they are the plan's. */
  joinKey(keyId: string, planId: string): void {
    const [value, plan] = [this.#keyValues.get(keyId), this.#plans.get(planId)];
    if (value === undefined || !plan) throw new Error(`usage plan key: no key ${keyId} or no plan ${planId}`);
    this.#planByKeyValue.set(value, plan);
  }

  /** Counts one request on the plan of this key value. */
  check(keyValue: string | undefined, apiId: string, stage: string): PlanVerdict {
    const plan = keyValue === undefined ? undefined : this.#planByKeyValue.get(keyValue);
    if (!plan?.stages.has(`${apiId}/${stage}`)) return "invalid-key";
    if (plan.throttle && !plan.throttle.take()) return "throttled";
    if (plan.quota && !takeQuota(plan.quota, new Date(this.#now()))) return "quota-exceeded";
    return "allowed";
  }
}

function takeQuota(quota: Quota, now: Date): boolean {
  const start = periodStart(quota.period, now);
  if (start !== quota.periodStart) {
    quota.periodStart = start;
    quota.used = 0;
  }
  if (quota.used >= quota.limit) return false;
  quota.used += 1;
  return true;
}

function periodStart(period: string, now: Date): string {
  const day = now.toISOString().slice(0, 10);
  if (period === "MONTH") return day.slice(0, 7);
  if (period === "DAY") return day;
  const monday = new Date(now);
  monday.setUTCDate(now.getUTCDate() - ((now.getUTCDay() + 6) % 7));
  return monday.toISOString().slice(0, 10);
}
