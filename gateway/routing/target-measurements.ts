import type { CallOutcome } from "../core/lease.ts";
import type { Target } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import type { UpstreamHealthRegistry } from "../core/upstream-health.ts";
import { PoolTarget } from "../engines/pool-target.ts";
import type { Meter } from "../metrics/meter.ts";
import { TARGET_INSTRUMENTS } from "../metrics/target-instruments.ts";
import { ProviderTarget } from "../providers/provider-target.ts";
import type { SpendLedger } from "../providers/spend-ledger.ts";
import type { TargetTable } from "./target-table.ts";

export interface TargetMeasurementsOptions {
  readonly meter: Meter;
  readonly table: () => TargetTable;
  readonly health: UpstreamHealthRegistry;
  readonly ledger: SpendLedger;
  readonly now: () => number;
}

/** As numbers, so that a graph rises with the trouble. */
const STATES = { closed: 0, ramping: 1, "half-open": 2, open: 3 } as const;

/** Measures targets. Labels are the configured targets' ids, which are few, and outcomes, which are a closed set. */
export class TargetMeasurements {
  readonly #meter: Meter;

  constructor({ meter, table, health, ledger, now }: TargetMeasurementsOptions) {
    this.#meter = meter;
    const worstBreaker = (target: Target) =>
      Math.max(0, ...upstreamsOf(target).map((upstream) => STATES[health.of(upstream).breaker.state(now())]));
    meter.watch(TARGET_INSTRUMENTS.breaker, () =>
      Array.from(table().targets.values(), (target) => ({
        labels: { target: target.id },
        value: worstBreaker(target),
      })),
    );
    meter.watch(TARGET_INSTRUMENTS.spendOfMonth, () =>
      Array.from(table().providers.keys(), (provider) => ({ labels: { provider }, value: ledger.spentUsd(provider) })),
    );
  }

  call(target: Target, outcome: CallOutcome): void {
    this.#meter.add(TARGET_INSTRUMENTS.calls, { target: target.id, outcome });
  }

  failover(target: Target): void {
    this.#meter.add(TARGET_INSTRUMENTS.failovers, { target: target.id });
  }

  spend(target: Target, usd: number): void {
    this.#meter.add(TARGET_INSTRUMENTS.spend, { target: target.id }, usd);
  }
}

/** Every server that stands behind a target now. */
export function upstreamsOf(target: Target): readonly Upstream[] {
  if (target instanceof ProviderTarget) return [target.upstream];
  return target instanceof PoolTarget ? target.pool.candidates : [];
}
