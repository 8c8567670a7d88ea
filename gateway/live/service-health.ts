import type {
  EngineHealth,
  HealthPercentiles,
  ModelHealth,
  ServiceHealth,
  TargetHealth,
} from "../../contracts/live/service-health.ts";
import { Distribution } from "../metrics/distribution.ts";
import { PART_MS, PARTS } from "./recent-requests.ts";
import type { ThreadHealth } from "./thread-health.ts";

type ThreadModel = ThreadHealth["models"][number];

/** From the best to the worst. */
const STATES = ["ready", "leaving", "starting", "failed"] as const;
const BREAKERS = ["closed", "ramping", "half-open", "open"] as const;

/** The health of the whole service, from that of its threads. */
export function serviceHealth(
  threads: readonly ThreadHealth[],
  about: Pick<ServiceHealth, "at" | "reach" | "isComplete">,
): ServiceHealth {
  return {
    object: "service_health",
    ...about,
    windowSeconds: (PART_MS * PARTS) / 1000,
    gateways: threads.map(({ gateway }) => gateway).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    models: grouped(
      threads.flatMap(({ models }) => models),
      ({ model }) => model,
    ).map(modelHealth),
    targets: grouped(
      threads.flatMap(({ targets }) => targets),
      ({ id }) => id,
    ).map(targetHealth),
  };
}

/** Those of one name together, in the order of the first of each. */
function grouped<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const known = groups.get(nameOf(item));
    if (known === undefined) groups.set(nameOf(item), [item]);
    else known.push(item);
  }
  return [...groups.values()];
}

function modelHealth(seen: readonly [ThreadModel, ...ThreadModel[]]): ModelHealth {
  const [{ model }] = seen;
  const engines = grouped(
    seen.flatMap((thread) => thread.engines),
    ({ id }) => id,
  ).map(engineHealth);
  const ready = engines.filter(({ state }) => state === "ready");
  return {
    model,
    queued: sum(seen, ({ queued }) => queued),
    oldestQueuedSeconds: Math.max(...seen.map(({ oldestQueuedSeconds }) => oldestQueuedSeconds)),
    slotsUsed: sum(ready, ({ slotsUsed }) => slotsUsed),
    slots: sum(ready, ({ slots }) => slots ?? 0),
    engines,
    requests: sum(seen, ({ requests }) => requests),
    failures: sum(seen, ({ failures }) => failures),
    latencyMs: percentilesOf(seen.map(({ latency }) => latency)),
    firstTokenMs: percentilesOf(seen.map(({ firstToken }) => firstToken)),
    history: grouped(
      seen.flatMap(({ history }) => history),
      ({ at }) => at,
    )
      .map((parts) => ({
        at: parts[0].at,
        requests: sum(parts, ({ requests }) => requests),
        failures: sum(parts, ({ failures }) => failures),
      }))
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
      // Of two threads, one may have begun the next part.
      .slice(-PARTS),
  };
}

function engineHealth(seen: readonly [EngineHealth, ...EngineHealth[]]): EngineHealth {
  const [first] = seen;
  const known = seen.find(({ running }) => running !== null) ?? first;
  return {
    id: first.id,
    state: worst(STATES, seen, ({ state }) => state),
    breaker: worst(BREAKERS, seen, ({ breaker }) => breaker),
    slotsUsed: sum(seen, ({ slotsUsed }) => slotsUsed),
    slots: first.slots,
    running: known.running,
    waiting: known.waiting,
    kvCacheUsage: known.kvCacheUsage,
    weights: seen.find(({ weights }) => weights !== null)?.weights ?? null,
    version: seen.find(({ version }) => version !== null)?.version ?? null,
  };
}

function targetHealth(seen: readonly [TargetHealth, ...TargetHealth[]]): TargetHealth {
  const [{ id, kind }] = seen;
  return {
    id,
    kind,
    breaker: worst(BREAKERS, seen, ({ breaker }) => breaker),
    requests: sum(seen, ({ requests }) => requests),
    failures: sum(seen, ({ failures }) => failures),
  };
}

/** The last in the order of the names. */
export function worst<Name extends string, Item>(
  names: readonly Name[],
  items: readonly Item[],
  nameOf: (item: Item) => Name,
): Name {
  const [best] = names;
  if (best === undefined) throw new Error("There must be names.");
  return names[Math.max(0, ...items.map((item) => names.indexOf(nameOf(item))))] ?? best;
}

/** The worst of some breakers. */
export function worstBreaker(names: readonly (typeof BREAKERS)[number][]): (typeof BREAKERS)[number] {
  return worst(BREAKERS, names, (name) => name);
}

function percentilesOf(seen: readonly ThreadModel["latency"][]): HealthPercentiles | null {
  const all = new Distribution();
  for (const bins of seen) for (const [value, count] of bins) all.add(value, count);
  const at = (share: number) => Math.round(all.percentile(share) * 10) / 10;
  const found = { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  return Number.isNaN(found.p50) ? null : found;
}

function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
