import type { RouteOverride } from "../../contracts/targets/target-changes.ts";
import { completionCostUsd } from "../../domain/targets/target-cost.ts";
import {
  byKey,
  bySmallest,
  byWeight,
  expectedLatency,
  type Named,
  RoundRobin,
} from "../../domain/targets/target-order.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Target } from "../core/target.ts";
import type { UpstreamHealthRegistry } from "../core/upstream-health.ts";
import { completionCount } from "../outside-values/completion-count.ts";
import type { RouteEntry, TargetTable } from "./target-table.ts";

/** The caller, for routes that send a caller to one target. */
export interface Caller {
  /** The API key, else the address. */
  readonly tenant: string;
  /** What the client calls its session. */
  readonly session: string | undefined;
}

export interface RouterOptions {
  /** The targets as they are now. */
  readonly table: () => TargetTable;
  readonly override: (route: string) => RouteOverride | undefined;
  readonly health: UpstreamHealthRegistry;
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What stands behind a model name, best first for this request. */
export interface Candidates {
  readonly targets: readonly Target[];
  readonly failoverAfterMs: number | undefined;
  readonly hedgeAfterMs: number | undefined;
}

/** Tokens of a response whose length is not bounded, where prices are compared. */
const TYPICAL_COMPLETION_TOKENS = 500;

/** Finds the targets of each public model name. */
export class Router {
  readonly #options: RouterOptions;
  readonly #turns = new WeakMap<RouteEntry, RoundRobin>();

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Public model names. */
  get names(): readonly string[] {
    return [...this.#options.table().routes.keys()];
  }

  /** Where this request may go, best first; `undefined` when there is no such model. */
  candidates(request: GenerationRequest, caller: Caller): Candidates | undefined {
    const entry = this.#options.table().routes.get(request.model);
    if (entry === undefined) return undefined;
    const { settings, targets, fallbacks } = entry;
    const limits = {
      failoverAfterMs: settings?.failoverAfterSeconds == null ? undefined : settings.failoverAfterSeconds * 1000,
      hedgeAfterMs: settings?.hedgeAfterMs ?? undefined,
    };
    const override = this.#options.override(request.model);
    const [only] = targets;
    if (only !== undefined && targets.length + fallbacks.length === 1 && override === undefined)
      return { targets: [only.target], ...limits };
    const ordered = [...this.#order(entry, request, caller), ...fallbacks];
    const first = ordered.filter(({ id }) => id === override?.force);
    const open = ordered.filter(({ id }) => id !== override?.force && override?.drain.includes(id) !== true);
    const inTurn = [...first, ...open.filter((named) => !isEmergencyOnly(named)), ...open.filter(isEmergencyOnly)];
    return { targets: inTurn.map(({ target }) => target), ...limits };
  }

  #order(entry: RouteEntry, request: GenerationRequest, caller: Caller): readonly Named<Target>[] {
    const { random } = this.#options;
    const { settings } = entry;
    const [only] = entry.targets;
    if (settings === undefined || (only !== undefined && entry.targets.length === 1)) return entry.targets;
    const key = stickyKey(settings.sticky, request, caller);
    if (key !== undefined) return byKey(entry.targets, key);
    if (settings.policy === "weighted") return byWeight(entry.targets, random);
    if (settings.policy === "round-robin") return this.#turnsOf(entry).order(entry.targets);
    const standing = entry.targets.map((target) => this.#stand(target, request));
    if (settings.policy === "least-latency") return bySmallest(standing, expectedLatency, random);
    if (settings.policy === "least-cost") return bySmallest(standing, ({ costUsd }) => costUsd, random);
    return bySmallest(standing, ({ priority }) => priority, random);
  }

  /** The target with what is known of it now. */
  #stand(named: Named<Target>, request: GenerationRequest): Named<Target> {
    const { target } = named;
    const { promptTokensEstimate, maxTokens, fields } = request;
    const completionTokens = completionCount(fields) * (maxTokens?.value ?? TYPICAL_COMPLETION_TOKENS);
    return {
      ...named,
      standing: {
        ...named.standing,
        latencyMs: this.#options.health.record(target).latency.guess(this.#options.now()),
        inFlight: target.inFlight,
        costUsd: completionCostUsd(target.priceAt(this.#options.wallClock()), promptTokensEstimate, completionTokens),
      },
    };
  }

  #turnsOf(entry: RouteEntry): RoundRobin {
    const known = this.#turns.get(entry);
    if (known !== undefined) return known;
    const turns = new RoundRobin();
    this.#turns.set(entry, turns);
    return turns;
  }
}

function isEmergencyOnly({ target }: Named<Target>): boolean {
  return target.isEmergencyOnly;
}

function stickyKey(
  sticky: "none" | "user" | "key" | "session",
  { fields }: GenerationRequest,
  { tenant, session }: Caller,
): string | undefined {
  if (sticky === "none") return undefined;
  if (sticky === "key") return tenant;
  // Users and sessions are names of the tenant's own: two tenants' "alice" are two.
  const name = sticky === "session" ? session : Object.hasOwn(fields, "user") ? fields.user : undefined;
  return typeof name === "string" && name !== "" ? `${tenant}\0${name}` : undefined;
}
