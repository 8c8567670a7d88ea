import type { ProviderPreset } from "../../catalog/providers/provider-preset.ts";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { providerSecretId } from "../../contracts/processes/names.ts";
import type { ProviderSettings, RouteSettings } from "../../contracts/targets/target-settings.ts";
import { presetEndpoint, presetModels } from "../../domain/targets/preset-settings.ts";
import { PROVIDER_VALUES, ROUTE_VALUES, TARGET_WEIGHT } from "../../domain/targets/target-defaults.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { Problem } from "../problem.ts";
import type { Default } from "./default.ts";

/** A provider as it was written. */
export interface ProviderDefaultInput {
  readonly environment: string;
  readonly name: string;
  /** The region that it names, or else the environment's. */
  readonly region: string;
  /** The settings of its `preset`. */
  readonly preset: ProviderPreset | undefined;
}

type Row = Default<ProviderDefaultInput>;
type Settings = Record<string, unknown>;

const always = (value: unknown, because: string) => ({ value: () => value, because });

/** The default of every setting of a provider. Where neither a preset nor a default has a value, the file must. */
export const PROVIDER_DEFAULTS = {
  dialect: {
    value: ({ preset }) => preset?.dialect ?? PROVIDER_VALUES.dialect,
    because: "its preset's, or OpenAI's, which most servers speak",
  },
  endpoint: {
    value: ({ preset, region }) => (preset && presetEndpoint(preset, region)) ?? undefined,
    because: "its preset's, of an AWS service in the provider's region",
  },
  region: {
    value: ({ preset, region }) => (preset?.region === undefined ? PROVIDER_VALUES.region : region),
    because: "an AWS service is called in this environment's region: prompts stay there; others have none",
  },
  credential: {
    value: ({ environment, name, preset }) =>
      preset?.credential === "none"
        ? { from: "none" }
        : { from: "secret", secretId: providerSecretId(environment, name) },
    because: "its preset needs no key, or the key is in this environment's secret for it",
  },
  rateLimit: {
    value: ({ preset }) => preset?.rateLimit ?? PROVIDER_VALUES.rateLimit,
    because: "its preset's, or none: a 429 of the provider is honoured",
  },
  timeouts: {
    value: () => ({ ...PROVIDER_VALUES.timeouts }),
    because: "a provider that sends nothing for 15 s has a fault",
  },
  maxConnections: always(PROVIDER_VALUES.maxConnections, "one for each request at once"),
  maxInFlight: always(PROVIDER_VALUES.maxInFlight, "a slow provider can't use all of a gateway's memory"),
  priority: always(PROVIDER_VALUES.priority, "after our own models, which have 0"),
  emergencyOnly: always(PROVIDER_VALUES.emergencyOnly, "routes alone decide when it is called"),
  monthlyCapUsd: always(PROVIDER_VALUES.monthlyCapUsd, "a route without its provider would fail at the cap"),
  healthCheck: always(PROVIDER_VALUES.healthCheck, "its responses show its health"),
  allowPrivateHosts: {
    value: ({ preset }) => preset?.allowPrivateHosts ?? PROVIDER_VALUES.allowPrivateHosts,
    because: "its preset's, or none: an address inside the network is refused",
  },
  models: {
    value: ({ preset }) => (preset && hasModels(preset) ? presetModels(preset) : undefined),
    because: "all of its preset's",
  },
} as const satisfies Readonly<Record<keyof ProviderSettings, Row>>;

/** The default of every setting of a route but its targets. */
export const ROUTE_DEFAULTS = {
  policy: always(ROUTE_VALUES.policy, "targets get requests by their weights"),
  sticky: always(ROUTE_VALUES.sticky, "each request follows the policy"),
  fallbacks: always(ROUTE_VALUES.fallbacks, "only the targets are called"),
  failoverAfterSeconds: always(ROUTE_VALUES.failoverAfterSeconds, "each target's own limit for the first byte"),
} as const satisfies Readonly<Record<keyof Omit<RouteSettings, "targets" | "hedgeAfterMs">, Default<void>>>;

/**
 * Adds the defaults of providers and routes. A provider's `preset` is replaced by what it stands for.
 * @returns a problem for each preset that does not exist
 */
export function addTargetDefaults(settings: Settings, reasons: Map<string, string>): readonly Problem[] {
  const environment = String(settings.name);
  const problems: Problem[] = [];
  for (const [name, provider] of recordsOf(settings.providers)) {
    const path = `providers.${name}`;
    const { preset: id } = provider;
    const preset = PROVIDER_PRESETS.get(String(id));
    if (id !== undefined && preset === undefined) problems.push(unknownPreset(path, id));
    delete provider.preset;
    const region = String(provider.region ?? settings.region);
    for (const [field, row] of Object.entries<Row>(PROVIDER_DEFAULTS)) {
      const value = provider[field] === undefined ? row.value({ environment, name, region, preset }) : undefined;
      if (value === undefined) continue;
      provider[field] = value;
      reasons.set(`${path}.${field}`, row.because);
    }
    if (isRecord(provider.timeouts)) provider.timeouts = { ...PROVIDER_VALUES.timeouts, ...provider.timeouts };
  }
  addRouteDefaults(settings, reasons);
  return problems;
}

function addRouteDefaults(settings: Settings, reasons: Map<string, string>): void {
  for (const [name, route] of recordsOf(settings.routes)) {
    const path = `routes.${name}`;
    for (const [field, row] of Object.entries<Default<void>>(ROUTE_DEFAULTS)) {
      if (route[field] !== undefined) continue;
      route[field] = row.value();
      reasons.set(`${path}.${field}`, row.because);
    }
    for (const [index, target] of (Array.isArray(route.targets) ? route.targets : []).entries()) {
      if (!isRecord(target) || target.weight !== undefined) continue;
      Object.assign(target, { weight: TARGET_WEIGHT });
      reasons.set(`${path}.targets[${index}].weight`, "as much as any other target");
    }
  }
}

function hasModels({ models }: ProviderPreset): boolean {
  return Object.keys(models).length > 0;
}

function unknownPreset(path: string, value: unknown): Problem {
  const names = [...PROVIDER_PRESETS.keys()].join(", ");
  return { path: `${path}.preset`, value, rule: `must be one of ${names}`, remedy: "use one of these, or remove it" };
}

function recordsOf(value: unknown): readonly (readonly [string, Settings])[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => (isRecord(item) ? [[name, item as Settings] as const] : []));
}
