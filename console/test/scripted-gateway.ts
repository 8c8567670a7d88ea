import type * as z from "zod";
import type { AdminProviderList, AdminRouteList, AdminTarget } from "../../contracts/api/admin.ts";
import type { OperatorKey } from "../../contracts/control/admin-keys.ts";
import type { LiveRequestList } from "../../contracts/live/live-requests.ts";

type ShownRoute = z.infer<typeof AdminRouteList>["data"][number];
type ShownProvider = z.infer<typeof AdminProviderList>["data"][number];

const LONG = "m".repeat(80);

const REQUESTS: LiveRequestList = {
  object: "list",
  at: "2026-11-29T12:00:00.000Z",
  reach: "this-gateway",
  isComplete: false,
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

const TARGETS: readonly AdminTarget[] = [
  {
    id: `provider/${LONG}`,
    kind: "provider",
    available: false,
    inFlight: 2,
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

/** What the gateways' own administration responds; changes are tested against the real one. */
export function respondAsGateway({ method, url }: { readonly method: string; readonly url: string }): unknown {
  if (url === "/v1/organization/operator_keys") return operatorKey();
  if (method !== "GET") return undefined;
  if (url === "/admin/requests") return REQUESTS;
  if (url === "/admin/routes") return { object: "list", data: ROUTES };
  if (url === "/admin/providers") return { object: "list", data: PROVIDERS };
  return url === "/admin/targets" ? { object: "list", data: TARGETS } : undefined;
}
