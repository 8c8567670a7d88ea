import type { Logger } from "pino";
import { ROUTES_POLL_SECONDS } from "../../contracts/processes/poll-intervals.ts";
import { changeId, type RouteOverride, type TargetChange } from "../../contracts/targets/target-changes.ts";
import { targetId } from "../../contracts/targets/target-settings.ts";
import type { TargetProblem } from "../../domain/targets/target-problems.ts";
import { isRefusedHost } from "../../lib/address-guard.ts";
import type { TargetsConfig } from "../routing/target-registry.ts";
import type { TargetService } from "../routing/target-service.ts";
import type { ChangeStore } from "./change-store.ts";

export interface ChangesOptions {
  readonly store: ChangeStore;
  readonly targets: TargetService;
  readonly declared: TargetsConfig;
  readonly logger: Logger;
  /** @default - `ROUTES_POLL_SECONDS` */
  readonly pollMs?: number | undefined;
}

/** Also without a move of the count, in case a writer ended between its change and the count. */
const FULL_READ_EVERY = 15;

/** A description with the changes laid over it. */
export interface Merged {
  readonly config: TargetsConfig;
  readonly overrides: ReadonlyMap<string, Extract<TargetChange, { kind: "override" }>["settings"]>;
}

/**
 * Holds the targets as the environment declares them and the routes table changes them. A change that can't be used is
 * logged and ignored; when the table can't be read, the targets stay as they are.
 */
export class Changes {
  readonly #options: ChangesOptions;
  /** Last usable form of each item. */
  #good = new Map<string, TargetChange>();
  #version = -1;
  #rounds = 0;
  #isReachable = true;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isStopped = false;
  /** The read that runs, or the last one. */
  #reading: Promise<void> = Promise.resolve();
  /** The read that begins when that one is over. */
  #next: Promise<void> | undefined = undefined;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** Items in use. */
  get current(): ReadonlyMap<string, TargetChange> {
    return this.#good;
  }

  /** The count of changes that `current` is of. */
  get version(): number {
    return Math.max(0, this.#version);
  }

  /** Reads the changes now and then at each interval. Resolves after the first read, whatever its result. */
  async start(): Promise<void> {
    await this.refresh();
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.start(), this.#options.pollMs ?? ROUTES_POLL_SECONDS * 1000);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /**
   * Resolves after a read that began after this call: what was stored before it is in `current` then. Reads never
   * overlap, so that none puts an older state back; callers that wait for the next read share it. Never rejects.
   */
  refresh(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = undefined;
      this.#reading = this.#refresh();
      return this.#reading;
    });
    return this.#next;
  }

  async #refresh(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      const version = await store.version();
      if (version !== this.#version || this.#rounds++ % FULL_READ_EVERY === 0) await this.#read(version);
      if (!this.#isReachable) logger.info("changes of routes can be read again");
      this.#isReachable = true;
    } catch (error) {
      if (this.#isReachable)
        logger.warn(
          { problem: error instanceof Error ? error.name : "unknown error" },
          "changes of routes can't be read",
        );
      this.#isReachable = false;
    }
  }

  /** What would be wrong if this change were made. */
  problems(change: TargetChange): readonly TargetProblem[] {
    const next = new Map(this.#good).set(change.id, change);
    return this.#problemsOf(merge(this.#options.declared, next));
  }

  /** What would be wrong if this change were taken back. */
  problemsWithout(id: string): readonly TargetProblem[] {
    const next = new Map(this.#good);
    next.delete(id);
    return this.#problemsOf(merge(this.#options.declared, next));
  }

  async #read(version: number): Promise<void> {
    const { store, logger, declared, targets } = this.#options;
    const { changes, unreadable } = await store.all();
    const next = new Map<string, TargetChange>();
    for (const id of unreadable) {
      if (version !== this.#version) logger.warn({ id }, "a change of routes has not the form of one and is left out");
      const before = this.#good.get(id);
      if (before !== undefined) next.set(id, before);
    }
    for (const change of changes) next.set(change.id, change);
    this.#leaveOutWrong(next, version !== this.#version);
    const isSame = sameVersions(this.#good, next);
    this.#good = next;
    this.#version = version;
    if (isSame) return;
    const { config, overrides } = merge(declared, next);
    targets.registry.apply(config);
    targets.overrides.clear();
    for (const [route, override] of overrides) targets.overrides.set(route, override);
    logger.info({ changes: next.size, version }, "routes changed");
  }

  /** Removes items until the rest has no problems; the declared description alone has none. */
  #leaveOutWrong(next: Map<string, TargetChange>, isReported: boolean): void {
    for (;;) {
      const [problem] = this.#problemsOf(merge(this.#options.declared, next));
      if (problem === undefined) return;
      // A name may begin with another one: the longest is meant.
      const [wrong] = [...next.values()]
        .filter(({ kind, name }) => `${problem.path}.`.startsWith(`${kind}s.${name}.`))
        .toSorted((a, b) => b.name.length - a.name.length);
      // A declared route may need a provider that a change has taken its model from: then that change is wrong.
      const left = wrong ?? [...next.values()].at(-1);
      if (left === undefined) return;
      next.delete(left.id);
      const before = this.#good.get(left.id);
      if (before !== undefined && before.version !== left.version) next.set(left.id, before);
      if (isReported)
        this.#options.logger.warn(
          { id: left.id, problem: `${problem.path} ${problem.rule}` },
          "a change of routes is left out",
        );
    }
  }

  #problemsOf({ config, overrides }: Merged): readonly TargetProblem[] {
    const { targets, declared } = this.#options;
    const allowed = new Set(declared.providers.flatMap(({ allowPrivateHosts }) => allowPrivateHosts));
    const hosts = config.providers.flatMap(({ name, allowPrivateHosts }): readonly TargetProblem[] => {
      const more = allowPrivateHosts.filter((host) => !allowed.has(host));
      if (more.length === 0) return [];
      const rule = "must be among those that the environment declares";
      const remedy =
        "declare it in the environment file: a key that may change routes may not open the private network";
      return [{ path: `providers.${name}.allowPrivateHosts`, value: more, rule, remedy }];
    });
    const declaredEndpoints = new Map(declared.providers.map(({ name, endpoint }) => [name, endpoint]));
    const changed = config.providers.filter(({ name, endpoint }) => declaredEndpoints.get(name) !== endpoint);
    const pools = targets.registry.pools.map(({ id }) => id);
    const routes = new Set([...config.routes.map(({ name }) => name), ...pools]);
    const lost = [...overrides.keys()].filter((route) => !routes.has(route));
    return [
      ...targets.registry.problems(config),
      ...hosts,
      ...changed.flatMap(endpointProblems),
      ...lost.map((route) => ({
        path: `overrides.${route}`,
        value: route,
        rule: "must be of a route that exists",
        remedy: "take the override back first",
      })),
      ...[...overrides].flatMap(([route, override]) => overrideProblems(route, override, config)),
    ];
  }
}

/** No request would ever go there: refused when it is stored, instead of when it is used. */
function endpointProblems({ name, endpoint, allowPrivateHosts }: TargetsConfig["providers"][number]) {
  if (!isRefusedHost(new URL(endpoint).hostname, allowPrivateHosts)) return [];
  return [
    {
      path: `providers.${name}.endpoint`,
      value: endpoint,
      rule: "must lead to a public address",
      remedy: "use the provider's public address; a host of your own network is declared in the environment file",
    },
  ];
}

/** The problems of an override that names targets which its route does not have. */
function overrideProblems(name: string, override: RouteOverride, config: TargetsConfig): readonly TargetProblem[] {
  const route = config.routes.find((one) => one.name === name);
  // A model's own route has its pool alone.
  const known = route === undefined ? [name] : [...route.targets, ...route.fallbacks].map(targetId);
  const named = [
    ...(override.force === null ? [] : [["force", override.force] as const]),
    ...override.drain.map((id) => ["drain", id] as const),
  ];
  return named
    .filter(([, id]) => !known.includes(id))
    .map(([field, id]) => ({
      path: `overrides.${name}.${field}`,
      value: id,
      rule: "must be a target of the route",
      remedy: `use ${known.join(" or ")}`,
    }));
}

/** The declared description, in which each change replaces the item of its name. */
export function merge(declared: TargetsConfig, changes: ReadonlyMap<string, TargetChange>): Merged {
  const all = [...changes.values()];
  const providers = all.flatMap((change) =>
    change.kind === "provider" ? [{ name: change.name, ...change.settings }] : [],
  );
  const routes = all.flatMap((change) => (change.kind === "route" ? [{ name: change.name, ...change.settings }] : []));
  const isRetained = (kind: "provider" | "route") => (item: { readonly name: string }) =>
    !changes.has(changeId(kind, item.name));
  return {
    config: {
      providers: [...declared.providers.filter(isRetained("provider")), ...providers],
      routes: [...declared.routes.filter(isRetained("route")), ...routes],
      prices: new Map(
        all.flatMap((change) => (change.kind === "price" ? [[change.name, change.settings] as const] : [])),
      ),
    },
    overrides: new Map(
      all.flatMap((change) => (change.kind === "override" ? [[change.name, change.settings] as const] : [])),
    ),
  };
}

function sameVersions(one: ReadonlyMap<string, TargetChange>, other: ReadonlyMap<string, TargetChange>): boolean {
  return (
    one.size === other.size &&
    [...one].every(
      ([id, change]) => other.get(id)?.version === change.version && other.get(id)?.updatedAt === change.updatedAt,
    )
  );
}
