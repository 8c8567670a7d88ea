import { Counter, Gauge, type Registry } from "prom-client";
import { GATEWAY_METRICS } from "../../contracts/gateway-metrics.ts";
import type { Target } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import type { UpstreamHealthRegistry } from "../core/upstream-health.ts";
import { PoolTarget } from "../engines/pool-target.ts";
import { ProviderTarget } from "../providers/provider-target.ts";
import type { SpendLedger } from "../providers/spend-ledger.ts";
import type { TargetTable } from "./target-table.ts";

export interface TargetMetricsOptions {
  readonly registry: Registry;
  readonly table: () => TargetTable;
  readonly health: UpstreamHealthRegistry;
  readonly ledger: SpendLedger;
  readonly now: () => number;
}

/** As numbers, so that a graph rises with the trouble. */
const STATES = { closed: 0, ramping: 1, "half-open": 2, open: 3 } as const;

/** Counts by target. Labels are the configured targets' ids, which are few, and outcomes, which are a closed set. */
export class TargetMetrics {
  readonly #calls: Counter<"target" | "outcome">;
  readonly #failovers: Counter<"target">;
  readonly #spend: Counter<"target">;

  constructor({ registry, table, health, ledger, now }: TargetMetricsOptions) {
    const registers = [registry];
    const names = GATEWAY_METRICS;
    this.#calls = new Counter({
      name: names.targetCalls,
      help: "Calls to targets by outcome: ok, the kind of failure, a refused request, hedged away, or one that nobody waited for.",
      labelNames: ["target", "outcome"],
      registers,
    });
    this.#failovers = new Counter({
      name: names.targetFailovers,
      help: "Requests that this target answered after another call had failed.",
      labelNames: ["target"],
      registers,
    });
    this.#spend = new Counter({
      name: names.targetSpend,
      help: "Dollars of answers, from their tokens and the configured prices.",
      labelNames: ["target"],
      registers,
    });
    new Gauge({
      name: names.targetBreaker,
      aggregator: "max", // over the process's threads
      help: "Worst breaker of the target's servers: 0 closed, 1 coming back, 2 half open, 3 open.",
      labelNames: ["target"],
      registers,
      collect() {
        this.reset();
        for (const target of table().targets.values()) {
          const states = upstreamsOf(target).map((upstream) => STATES[health.of(upstream).breaker.state(now())]);
          this.set({ target: target.id }, Math.max(0, ...states));
        }
      },
    });
    new Gauge({
      name: names.providerSpendMonth,
      aggregator: "max",
      help: "Dollars that a provider has cost in this calendar month.",
      labelNames: ["provider"],
      registers,
      collect() {
        this.reset();
        for (const name of table().providers.keys()) this.set({ provider: name }, ledger.spentUsd(name));
      },
    });
  }

  call(target: Target, outcome: string): void {
    this.#calls.inc({ target: target.id, outcome });
  }

  failover(target: Target): void {
    this.#failovers.inc({ target: target.id });
  }

  spend(target: Target, usd: number): void {
    if (usd > 0) this.#spend.inc({ target: target.id }, usd);
  }
}

/** Every server that stands behind a target now. */
export function upstreamsOf(target: Target): readonly Upstream[] {
  if (target instanceof ProviderTarget) return [target.upstream];
  return target instanceof PoolTarget ? target.pool.candidates : [];
}
