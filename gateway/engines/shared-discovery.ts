import type { DiscoveredEngine, EngineDiscovery } from "./engine-discovery.ts";

export interface SharedDiscoveryOptions {
  readonly discovery: EngineDiscovery;
  /** Milliseconds between two calls for one target group, on average. */
  readonly everyMs: number;
  /** Milliseconds of a monotonic clock. @default - performance.now */
  readonly clock?: () => number;
  /** 0 to 1. @default - Math.random */
  readonly random?: () => number;
}

interface Round {
  readonly engines: Promise<readonly DiscoveredEngine[]>;
  /** Until when the result is used. */
  readonly until: number;
}

/** Share of the interval by which rounds differ, so that gateways that started together do not call together for long. */
const JITTER = 0.2;

/**
 * One discovery for all threads of an instance: every call within an interval gets the same result, a failure too, so
 * that a service which throttles its callers is not called more often. Without it, each thread would call AWS by itself.
 */
export class SharedDiscovery implements EngineDiscovery {
  readonly #options: SharedDiscoveryOptions;
  readonly #rounds = new Map<string, Round>();

  constructor(options: SharedDiscoveryOptions) {
    this.#options = options;
  }

  discover(targetGroupArn: string): Promise<readonly DiscoveredEngine[]> {
    const { discovery, everyMs, clock = () => performance.now(), random = Math.random } = this.#options;
    const now = clock();
    const last = this.#rounds.get(targetGroupArn);
    if (last !== undefined && now < last.until) return last.engines;
    const engines = discovery.discover(targetGroupArn);
    this.#rounds.set(targetGroupArn, { engines, until: now + everyMs * (1 + JITTER * (random() - 0.5)) });
    return engines;
  }
}
