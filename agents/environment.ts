import type { ProviderSettings } from "../contracts/targets/target-settings.ts";
import { loadEnvironment } from "../environments/load.ts";
import type { Environment } from "../environments/schema.ts";
import { MODELS, type ScriptedModel } from "./upstream/models.ts";

const dev = await loadEnvironment("dev");

/** dev, with providers at `upstreamUrl` for the scripted models, and capacity for many programs at once from one address. */
export function environmentWith(upstreamUrl: string): Environment {
  const unlimited = { requestsPerSecond: 1000, burst: 1000, requestsPerMonth: null };
  return {
    ...dev,
    api: {
      ...dev.api,
      auth: "required",
      requestsPerMinutePerIp: 10_000,
      throttle: { requestsPerSecond: 1000, burst: 1000 },
      usagePlans: { anonymous: unlimited, standard: unlimited },
    },
    providers: { openai: provider("openai", upstreamUrl), anthropic: provider("anthropic", upstreamUrl) },
    routes: Object.fromEntries(MODELS.map((model) => [model.name, route(model)])),
  };
}

function provider(dialect: ScriptedModel["dialect"], endpoint: string): ProviderSettings {
  const model = {
    contextTokens: 400_000,
    capabilities: (["tools", "vision", "json-schema", "embeddings"] as const).filter(
      (capability) => dialect === "openai" || capability !== "embeddings",
    ),
    inputUsdPerMillion: 1,
    outputUsdPerMillion: 2,
  };
  return {
    dialect,
    endpoint,
    region: null,
    credential: { from: "none" },
    rateLimit: null,
    timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 60 },
    maxConnections: 100,
    maxInFlight: 200,
    priority: 1,
    emergencyOnly: false,
    monthlyCapUsd: null,
    healthCheck: null,
    allowPrivateHosts: ["127.0.0.1"],
    models: Object.fromEntries(MODELS.filter((each) => each.dialect === dialect).map(({ name }) => [name, model])),
  };
}

function route({ name, dialect }: ScriptedModel): NonNullable<Environment["routes"]>[string] {
  return {
    policy: "weighted",
    sticky: "none",
    targets: [{ provider: dialect, model: name, weight: 1 }],
    fallbacks: [],
    failoverAfterSeconds: null,
  };
}
