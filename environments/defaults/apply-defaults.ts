import { isRecord } from "../../lib/is-record.ts";
import type { Problem } from "../problem.ts";
import type { Default, PoolInput } from "./default.ts";
import { ENVIRONMENT_DEFAULTS } from "./environment-defaults.ts";
import { POOL_DEFAULTS } from "./pool-defaults.ts";
import { slowestResponseSeconds } from "./response-time.ts";
import { addTargetDefaults } from "./target-defaults.ts";

/** A file's settings with all defaults, not yet checked, and where each default comes from. */
export interface WithDefaults {
  readonly settings: unknown;
  /** The reasons of the defaults by path, e.g. `api.auth`. Settings of the file have none. */
  readonly reasons: Map<string, string>;
  /** The name of the models in the file: problems are reported under it. */
  readonly modelsField: ModelsField;
  /** Values that decide over defaults, and that are wrong. */
  readonly problems: readonly Problem[];
}

type ModelsField = "models" | "pools";
type Settings = Record<string, unknown>;

/** The path of a setting of a model: its name may have dots. */
export const poolPath = (name: string, field: string) => `pools.${name}.${field}`;

/**
 * Adds the default of every setting that is missing. What is there is never changed, whatever it is: the check of the
 * whole comes afterwards.
 */
export function applyDefaults(data: unknown): WithDefaults {
  const reasons = new Map<string, string>();
  if (!isRecord(data)) return { settings: data, reasons, modelsField: "models", problems: [] };
  const settings: Settings = { ...data };
  for (const key of Object.keys(settings)) settings[key] = copied(settings[key]);
  const modelsField: ModelsField = "pools" in settings && !("models" in settings) ? "pools" : "models";
  if (modelsField === "models" && !("pools" in settings)) {
    settings.pools = settings.models ?? {};
    delete settings.models; // with both, the check reports `models` as unknown
  }
  if (isSettings(settings.pools)) addPoolDefaults(settings.pools, String(settings.name), reasons);
  const problems = addTargetDefaults(settings, reasons);
  const api = isSettings(settings.api) ? settings.api : {};
  const input = {
    name: String(settings.name),
    region: String(settings.region),
    account: typeof settings.account === "string" ? settings.account : undefined,
    api,
    deletionProtection: settings.deletionProtection,
    cidr: isRecord(settings.network) ? settings.network.cidr : undefined,
    smallestContext: smallestContext(settings.pools),
    responseSeconds: slowestResponseSeconds(settings.pools),
  };
  for (const [path, row] of Object.entries<Default<typeof input>>(ENVIRONMENT_DEFAULTS)) {
    const parts = path.split(".");
    const field = parts.pop() ?? "";
    const parent = parentOf(settings, parts);
    if (parent === undefined || parent[field] !== undefined) continue;
    parent[field] = copied(row.value(input));
    reasons.set(path, row.because);
  }
  return { settings, reasons, modelsField, problems };
}

function addPoolDefaults(pools: Settings, environment: string, reasons: Map<string, string>): void {
  for (const [name, pool] of Object.entries(pools)) {
    if (!isSettings(pool)) continue;
    for (const [field, row] of Object.entries<Default<PoolInput>>(POOL_DEFAULTS)) {
      if (pool[field] !== undefined) continue;
      const { model, instanceType, tensorParallel, contextTokens, minInstances, maxSequences } = pool;
      pool[field] = row.value({
        environment,
        model,
        instanceType,
        tensorParallel,
        contextTokens,
        minInstances,
        maxSequences,
      });
      reasons.set(poolPath(name, field), row.because);
    }
  }
}

/** The record in which a setting is; `undefined` where it is `null` or something else than a record. */
function parentOf(settings: Settings, parts: readonly string[]): Settings | undefined {
  let parent = settings;
  for (const part of parts) {
    if (parent[part] === undefined) parent[part] = {};
    const next = parent[part];
    if (!isSettings(next)) return undefined;
    parent = next;
  }
  return parent;
}

function smallestContext(pools: unknown): number {
  if (!isRecord(pools)) return 4096;
  const contexts = Object.values(pools).map((pool) => (isRecord(pool) ? pool.contextTokens : undefined));
  return Math.min(4096, ...contexts.filter((tokens) => typeof tokens === "number"));
}

/** A record of this file's own copy, which it may change. */
function isSettings(value: unknown): value is Settings {
  return isRecord(value);
}

/** A copy of plain data; anything else stays what it is. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => copied(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)]));
}
