import type * as z from "zod";
import type { AdminPrice, AdminProviderList, AdminRouteList, AdminTarget } from "../../contracts/api/admin.ts";
import type { LogKey, ObserverKey, OperatorKey } from "../../contracts/control/admin-keys.ts";
import type { LiveRequestList } from "../../contracts/live/live-requests.ts";
import { ServiceAlarmState, type ServiceAlarms } from "../../contracts/live/service-alarms.ts";
import type { ServiceHealth } from "../../contracts/live/service-health.ts";
import { scriptedLog } from "./scripted-log.ts";

type ShownRoute = z.infer<typeof AdminRouteList>["data"][number];
type ShownProvider = z.infer<typeof AdminProviderList>["data"][number];

/** Name of a model that no page is made for. */
export const LONG = "m".repeat(80);

const REQUESTS: Omit<LiveRequestList, "reach" | "isComplete"> = {
  object: "list",
  at: "2026-11-29T12:00:00.000Z",
  gateways: [{ id: "g-0", version: "1.0.0", inProgress: 3, completionTokens: 100 }],
  data: [LONG, null].map((model, index) => ({
    id: `req_${index}`,
    gateway: "g-0",
    startedAt: "2026-11-29T11:59:58.000Z",
    ageMs: 2000,
    endpoint: "/v1/chat/completions",
    model,
    target: model,
    keyId: "abcdefghijkl",
    projectId: "proj_1",
    ownerId: null,
    isBatch: index === 1,
    stream: true,
    attempts: 1,
    firstTokenMs: index === 0 ? 120 : null,
    completionTokens: 40,
  })),
};

/** Parts of a window in which requests come and go, the same each time. */
function history(requests: readonly number[]): ServiceHealth["models"][number]["history"] {
  return requests.map((count, index) => ({
    at: new Date(Date.UTC(2026, 10, 29, 12) + index * 15_000).toISOString(),
    requests: count,
    failures: index === 12 ? 3 : 0,
  }));
}

const ENGINE = { breaker: "closed", slots: 8, weights: "microsoft/Phi-3-mini-4k-instruct", version: "0.11.0" } as const;

const HEALTH: ServiceHealth = {
  object: "service_health",
  at: "2026-11-29T12:05:00.000Z",
  reach: "all-gateways",
  isComplete: true,
  windowSeconds: 300,
  gateways: ["g-0", "g-1"].map((id, index) => ({
    id,
    version: "1.0.0",
    configDigest: index === 0 ? "5c2a86d1f0b3" : "90ab12cd34ef",
    startedAt: "2026-11-29T09:00:00.000Z",
    inProgress: 4 + index,
  })),
  models: [
    {
      model: LONG,
      queued: 3,
      oldestQueuedSeconds: 1.4,
      slotsUsed: 15,
      slots: 16,
      engines: [
        {
          ...ENGINE,
          id: "i-0a1b2c3d4e5f60718:8000",
          state: "ready",
          slotsUsed: 8,
          running: 8,
          waiting: 2,
          kvCacheUsage: 0.71,
        },
        {
          ...ENGINE,
          id: "i-0b2c3d4e5f6071829:8000",
          state: "ready",
          slotsUsed: 7,
          running: 7,
          waiting: 0,
          kvCacheUsage: 0.64,
        },
        {
          ...ENGINE,
          ...{ id: "i-0c3d4e5f60718293a:8000", state: "failed", breaker: "open", slotsUsed: 0 },
          ...{ running: null, waiting: null, kvCacheUsage: null, version: null },
        },
      ],
      requests: 214,
      failures: 3,
      latencyMs: { p50: 812, p95: 2140, p99: 3900 },
      firstTokenMs: { p50: 96, p95: 310.4, p99: 720 },
      history: history([7, 9, 8, 11, 12, 10, 9, 13, 15, 12, 11, 10, 8, 9, 12, 14, 12, 10, 11, 11]),
    },
    {
      ...{ model: "assistant", queued: 0, oldestQueuedSeconds: 0, slotsUsed: 0, slots: 0, engines: [] },
      ...{ requests: 0, failures: 0, latencyMs: null, firstTokenMs: null, history: history(Array(20).fill(0)) },
    },
  ],
  targets: [
    { id: LONG, kind: "pool", breaker: "closed", requests: 5120, failures: 4 },
    { id: `openai/${LONG}`, kind: "provider", breaker: "open", requests: 80, failures: 44 },
  ],
};

const TARGETS: readonly AdminTarget[] = [
  {
    id: `provider/${LONG}`,
    kind: "provider",
    available: false,
    inFlight: 2,
    maxInFlight: 10,
    allowedInFlight: 5,
    requests: 10,
    failures: 6,
    latencyMs: 80,
    spendUsd: 1.5,
    monthlyCapUsd: 10,
    healthCheck: "failed",
    upstreams: [{ id: "provider", breaker: "open", errorRate: 0.6, waitMs: 900 }],
    routes: ["chat"],
    forced: ["chat"],
    drained: [],
  },
  {
    ...{ id: `openai/${LONG}`, kind: "provider", available: true, inFlight: 3, maxInFlight: 10, allowedInFlight: 10 },
    ...{ requests: 420, failures: 2, latencyMs: 310, spendUsd: 12.25, monthlyCapUsd: null },
    upstreams: [{ id: "openai", breaker: "closed", errorRate: 0, waitMs: 0 }],
    ...{ routes: ["chat", LONG], forced: [], drained: ["chat"] },
  },
];

const DECLARED = { source: "declared", version: 0, updatedAt: null, updatedBy: null } as const;

const ROUTES: readonly ShownRoute[] = [
  {
    name: LONG,
    ...DECLARED,
    settings: {
      policy: "weighted",
      sticky: "none",
      targets: [
        { pool: LONG, weight: 95 },
        { provider: "openai", model: LONG, weight: 5 },
      ],
      fallbacks: [{ pool: "large" }],
      failoverAfterSeconds: 5,
    },
  },
];

const PRICES: readonly AdminPrice[] = [
  {
    name: "phi-3-mini",
    source: "declared",
    version: 0,
    updatedAt: null,
    updatedBy: null,
    settings: {
      inputUsdPerMillion: 0.3,
      outputUsdPerMillion: 1.2,
      priceChanges: [{ inputUsdPerMillion: 0.24, outputUsdPerMillion: 0.96, from: "2027-01-01T00:00:00.000Z" }],
    },
  },
];

const PROVIDERS: readonly ShownProvider[] = [
  {
    name: "openai",
    ...{ source: "changed", version: 2, updatedAt: "2026-11-29T12:00:00.000Z", updatedBy: "abcdefghijkl" },
    settings: {
      dialect: "openai",
      endpoint: "https://api.openai.com",
      region: null,
      credential: { from: "secret", secretId: "sluice/openai" },
      rateLimit: null,
      timeouts: { connectSeconds: 5, firstByteSeconds: 30, idleSeconds: 30, totalSeconds: 300 },
      ...{ maxConnections: 10, maxInFlight: 10, priority: 1, emergencyOnly: false, monthlyCapUsd: null },
      healthCheck: null,
      allowPrivateHosts: [],
      models: {
        [LONG]: {
          contextTokens: 128_000,
          capabilities: ["tools"],
          ...{ inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6, cachedInputUsdPerMillion: 0.075 },
          priceChanges: [{ from: "2027-01-01T00:00:00.000Z", inputUsdPerMillion: 0.12, outputUsdPerMillion: 0.5 }],
        },
      },
    },
  },
];

/** The admin key's secret, which the scripted service accepts for the gateways too. */
function operatorKey(): OperatorKey {
  const now = Math.floor(Date.now() / 1000);
  const id = "key_abcdefghijkl";
  return { object: "organization.operator_key", id, value: "sk-admin-test", created_at: now, expires_at: now + 300 };
}

const ALARMS: ServiceAlarms = {
  object: "organization.service_alarms",
  alarms: [
    ["error-rate", "More than 5 % of requests fail.", "alarm", "error-rate"],
    ["saturation", "Almost all slots are in use.", "insufficient_data", "saturation"],
    ["latency", "Latency p99 is over 5 s.", "ok", "latency-p99-over-5-seconds"],
  ].map(([name, description = "", state, section]) => ({
    object: "organization.service_alarm" as const,
    name: `sluice-prod-${name}`,
    description,
    state: ServiceAlarmState.parse(state),
    state_since: 1_790_000_000,
    state_reason: "Threshold crossed: 1 datapoint (7.1) was greater than the threshold (5.0).",
    runbook: `docs/operations.md#${section}`,
  })),
  dashboard_url:
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/sluice-prod",
};

/** The same secret with which the health is seen. */
function observerKey(): ObserverKey {
  return { ...operatorKey(), object: "organization.observer_key" };
}

function logKey(): LogKey {
  return { ...operatorKey(), object: "organization.log_key" };
}

/** How much of the fleet a gateway's list of requests has. */
export type ScriptedReach = Pick<LiveRequestList, "reach" | "isComplete">;

/** With both notices: the gateway knows no others, and a list lacks some requests. */
export const NARROWEST_REACH: ScriptedReach = { reach: "this-gateway", isComplete: false };

/** What the gateways' own administration responds; changes are tested against the real one. */
export function respondAsGateway(
  { method, url }: { readonly method: string; readonly url: string },
  reach: ScriptedReach,
): unknown {
  if (url === "/v1/organization/operator_keys") return operatorKey();
  if (url === "/v1/organization/observer_keys") return observerKey();
  if (url === "/v1/organization/log_keys") return logKey();
  if (method !== "GET") return undefined;
  if (url === "/admin/health") return HEALTH;
  if (url === "/v1/organization/service_alarms") return ALARMS;
  if (url.startsWith("/admin/logs?")) return scriptedLog(new URL(url, "http://gateway").searchParams);
  if (url === "/admin/requests") return { ...REQUESTS, ...reach } satisfies LiveRequestList;
  if (url === "/admin/routes") return { object: "list", data: ROUTES };
  if (url === "/admin/providers") return { object: "list", data: PROVIDERS };
  if (url === "/admin/prices") return { object: "list", data: PRICES };
  return url === "/admin/targets" ? { object: "list", data: TARGETS, overrides: [] } : undefined;
}
