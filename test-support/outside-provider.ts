import type { ProviderSettings } from "../contracts/targets/target-settings.ts";

/** A provider outside AWS, as an environment file declares one. */
export const OUTSIDE_PROVIDER: ProviderSettings = {
  dialect: "openai",
  endpoint: "https://api.example.com",
  region: null,
  credential: { from: "secret", secretId: "sluice/example" },
  rateLimit: null,
  timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 300 },
  maxConnections: 100,
  maxInFlight: 200,
  priority: 30,
  emergencyOnly: false,
  monthlyCapUsd: null,
  healthCheck: null,
  allowPrivateHosts: [],
  models: { large: { contextTokens: 128_000, capabilities: [], inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
};
