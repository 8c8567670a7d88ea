import { get } from "node:http";
import { asNumber, asText, block, type JsonObject } from "../../template/json.ts";
import type { LambdaFunction } from "../lambda/lambda-function.ts";

export type TargetState = "initial" | "healthy" | "unhealthy" | "draining";

export interface Target {
  /** Instance id. */
  readonly id: string;
  /** Loopback port of the process that stands for the instance. */
  readonly port: number;
  state: TargetState;
  /** Health-check results in a row that disagree with the state. */
  streak: number;
  inFlight: number;
}

interface HealthCheck {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matches: (status: number) => boolean;
}

/**
 * While a target is new, AWS checks it at the group's interval and one success is enough. Here a new target is checked
 * every half second, so that a start on a laptop does not wait 30 s for its first check; after that the interval holds.
 */
const FIRST_CHECK_MS = 500;

/** A target group: its members, their health checks with the synthesized settings, and the choice among them. */
export class TargetGroup {
  readonly arn: string;
  /** The target of a group of the type `lambda`: a function has neither health checks nor a port. */
  lambda: LambdaFunction | undefined;
  readonly #check: HealthCheck;
  readonly #leastOutstanding: boolean;
  readonly #targets = new Map<string, Target>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #onUnhealthy = new Set<(id: string) => void>();
  #next = 0;

  constructor(arn: string, config: JsonObject) {
    this.arn = arn;
    this.#check = healthCheck(config);
    this.#leastOutstanding = config.load_balancing_algorithm_type === "least_outstanding_requests";
  }

  get targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  /** Called when health checks turn a healthy target unhealthy. */
  onUnhealthy(listener: (id: string) => void): void {
    this.#onUnhealthy.add(listener);
  }

  register(id: string, port: number): void {
    const target: Target = { id, port, state: "initial", streak: 0, inFlight: 0 };
    this.#targets.set(id, target);
    this.#schedule(target);
  }

  deregister(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#targets.delete(id);
  }

  /** No new requests; those that run may end. It stays known until it is deregistered. */
  drain(id: string): void {
    const target = this.#targets.get(id);
    if (!target) return;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    target.state = "draining";
  }

  stop(): void {
    for (const id of [...this.#targets.keys()]) this.deregister(id);
  }

  /** The next target, or `undefined` when none can be tried. All unhealthy: any of them, as an ALB fails open. */
  choose(): Target | undefined {
    const healthy = this.targets.filter((target) => target.state === "healthy");
    const candidates = healthy.length > 0 ? healthy : this.targets.filter((target) => target.state === "unhealthy");
    if (this.#leastOutstanding) return candidates.toSorted((a, b) => a.inFlight - b.inFlight)[0];
    return candidates[this.#next++ % Math.max(1, candidates.length)];
  }

  #schedule(target: Target): void {
    const { intervalMs } = this.#check;
    const delay = target.state === "initial" ? Math.min(FIRST_CHECK_MS, intervalMs) : intervalMs;
    const timer = setTimeout(() => void this.#probe(target), delay);
    this.#timers.set(target.id, timer);
  }

  async #probe(target: Target): Promise<void> {
    const passed = await respondsInTime(target.port, this.#check);
    if (this.#targets.get(target.id) !== target || target.state === "draining") return;
    if (target.state === "initial") {
      if (passed) target.state = "healthy";
    } else if (passed === (target.state === "healthy")) target.streak = 0;
    else {
      target.streak += 1;
      const threshold = passed ? this.#check.healthyThreshold : this.#check.unhealthyThreshold;
      if (target.streak >= threshold) {
        target.state = passed ? "healthy" : "unhealthy";
        target.streak = 0;
        if (!passed) for (const listener of this.#onUnhealthy) listener(target.id);
      }
    }
    this.#schedule(target);
  }
}

function respondsInTime(port: number, check: HealthCheck): Promise<boolean> {
  return new Promise((resolve) => {
    // A connection of its own, as AWS's checks have: a reused one may be closed by the target in that moment.
    const to = { host: "127.0.0.1", port, path: check.path, timeout: check.timeoutMs, agent: false };
    const request = get(to, (response) => {
      response.resume();
      resolve(check.matches(response.statusCode ?? 0));
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", () => resolve(false));
  });
}

function healthCheck(config: JsonObject): HealthCheck {
  const check = block(config.health_check) ?? {};
  return {
    path: asText(check.path ?? "/"),
    intervalMs: asNumber(check.interval ?? 30) * 1000,
    timeoutMs: asNumber(check.timeout ?? 5) * 1000,
    healthyThreshold: asNumber(check.healthy_threshold ?? 5),
    unhealthyThreshold: asNumber(check.unhealthy_threshold ?? 2),
    matches: statusMatcher(asText(check.matcher ?? "200")),
  };
}

/** A matcher such as `200`, `200,204` or `200-299`. */
export function statusMatcher(text: string): (status: number) => boolean {
  const ranges = text.split(",").map((part) => {
    const [low = "", high = low] = part.split("-");
    return [Number(low), Number(high)] as const;
  });
  return (status) => ranges.some(([low, high]) => status >= low && status <= high);
}
