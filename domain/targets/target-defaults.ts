import type { ProviderSettings, RouteSettings } from "../../contracts/targets/target-settings.ts";

/** Settings of a provider that neither its own nor a preset's settings name, in environment files and on the command line. */
export const PROVIDER_VALUES = {
  dialect: "openai",
  region: null,
  rateLimit: null,
  timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 300 },
  maxConnections: 100,
  maxInFlight: 100,
  priority: 10,
  emergencyOnly: false,
  monthlyCapUsd: null,
  healthCheck: null,
  allowPrivateHosts: [],
} as const satisfies Omit<ProviderSettings, "endpoint" | "credential" | "models">;

/** Settings of a route that it does not name. */
export const ROUTE_VALUES = {
  policy: "weighted",
  sticky: "none",
  fallbacks: [],
  failoverAfterSeconds: null,
} as const satisfies Omit<RouteSettings, "targets" | "hedgeAfterMs">;

/** Weight of a target that names none. */
export const TARGET_WEIGHT = 1;
