import type { BreakerState } from "../../domain/targets/circuit-breaker.ts";
import { ProviderTarget } from "../providers/provider-target.ts";
import { upstreamsOf } from "../routing/target-measurements.ts";
import type { TargetService } from "../routing/target-service.ts";

/** One target as the responding gateway sees it. */
export interface TargetState {
  readonly id: string;
  readonly kind: "pool" | "provider";
  /** Whether a request could be sent there now. */
  readonly available: boolean;
  readonly inFlight: number;
  /** Of a provider: most requests at once, by its settings and now. */
  readonly maxInFlight?: number;
  readonly allowedInFlight?: number;
  readonly requests: number;
  readonly failures: number;
  /** Average of the last ones, to the first byte; `null` before the first. */
  readonly latencyMs: number | null;
  /** Dollars of this month of the whole provider, and the month's cap. */
  readonly spendUsd?: number;
  readonly monthlyCapUsd?: number | null;
  /** The last result of the provider's own health check; absent where there is none. */
  readonly healthCheck?: "ok" | "failed" | "unknown";
  readonly upstreams: readonly {
    readonly id: string;
    readonly breaker: BreakerState;
    /** Failures among the requests of the last ten seconds. */
    readonly errorRate: number;
    /** Milliseconds until it is called again. */
    readonly waitMs: number;
  }[];
  /** Public names that lead here. */
  readonly routes: readonly string[];
  /** Those of them whose first target it is by hand, and those from which it gets no new requests by hand. */
  readonly forced: readonly string[];
  readonly drained: readonly string[];
}

export function targetStates(
  { registry, health, ledger, overrides }: TargetService,
  now: number,
): readonly TargetState[] {
  const { targets, routes } = registry.table;
  return [...targets.values()].map((target) => {
    const record = health.record(target);
    const { last } = record.latency;
    const upstreams = upstreamsOf(target).map((upstream) => {
      const { breaker } = health.of(upstream);
      return {
        id: upstream.id,
        breaker: breaker.state(now),
        errorRate: breaker.failureRatio(now),
        waitMs: Math.ceil(health.of(upstream).waitMs(now)),
      };
    });
    const isUsable = target instanceof ProviderTarget ? target.provider.isUsable : upstreams.length > 0;
    return {
      id: target.id,
      kind: target.kind,
      available: isUsable && upstreams.some(({ waitMs }) => waitMs === 0),
      inFlight: target.inFlight,
      requests: record.requests,
      failures: record.failures,
      latencyMs: last === undefined ? null : Math.round(last),
      ...(target instanceof ProviderTarget
        ? {
            maxInFlight: target.provider.config.maxInFlight,
            allowedInFlight: target.provider.allowedInFlight,
            spendUsd: ledger.spentUsd(target.provider.name),
            monthlyCapUsd: target.provider.config.monthlyCapUsd,
            ...(target.provider.config.healthCheck === null ? {} : { healthCheck: target.provider.healthCheck }),
          }
        : {}),
      upstreams,
      routes: [...routes.values()]
        .filter((route) => [...route.targets, ...route.fallbacks].some(({ id }) => id === target.id))
        .map(({ name }) => name),
      forced: [...overrides].flatMap(([route, { force }]) => (force === target.id ? [route] : [])),
      drained: [...overrides].flatMap(([route, { drain }]) => (drain.includes(target.id) ? [route] : [])),
    };
  });
}
