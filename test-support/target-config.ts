import { ProviderConfig, RouteConfig } from "../contracts/targets/target-settings.ts";

/** A provider on loopback with one model, `small`. */
export function providerConfig(name: string, origin: string, fields: Record<string, unknown> = {}): ProviderConfig {
  return ProviderConfig.parse({
    name,
    dialect: "openai",
    endpoint: origin,
    region: null,
    credential: { from: "none" },
    rateLimit: null,
    timeouts: { connectSeconds: 1, firstByteSeconds: 3, idleSeconds: 3, totalSeconds: 5 },
    maxConnections: 50,
    maxInFlight: 100,
    priority: 1,
    emergencyOnly: false,
    monthlyCapUsd: null,
    healthCheck: null,
    allowPrivateHosts: ["127.0.0.1"],
    models: {
      small: {
        contextTokens: 8192,
        capabilities: ["completions", "tools"],
        inputUsdPerMillion: 1,
        outputUsdPerMillion: 2,
      },
    },
    ...fields,
  });
}

/** A route over targets that are written as their ids: `tiny`, or `a/small`; `=` and a number is a weight. */
export function routeConfig(
  name: string,
  targets: readonly string[],
  fields: Record<string, unknown> = {},
): RouteConfig {
  const { fallbacks = [], ...rest } = fields;
  return RouteConfig.parse({
    name,
    policy: "weighted",
    sticky: "none",
    targets: targets.map((text) => {
      const [id = "", weight = "1"] = text.split("=");
      return { ...reference(id), weight: Number(weight) };
    }),
    fallbacks: Array.isArray(fallbacks) ? fallbacks.map((id) => reference(String(id))) : [],
    failoverAfterSeconds: null,
    ...rest,
  });
}

function reference(id: string): object {
  const [provider, model] = id.split("/");
  return model === undefined ? { pool: provider } : { provider, model };
}
