import * as z from "zod";
import { RouteOverride } from "../targets/target-changes.ts";
import { ProviderSettings, RouteSettings } from "../targets/target-settings.ts";
import { TokenPriceSettings } from "../targets/token-prices.ts";

/** A provider or route with its source. */
const described = {
  name: z.string(),
  /** `declared`: by the environment file. `changed`: at run time. */
  source: z.enum(["declared", "changed"]),
  /** 0 while declared; the value of `If-Match`. */
  version: z.int().min(0),
  updatedAt: z.string().nullable(),
  /** Id of the key that made the change. */
  updatedBy: z.string().nullable(),
};

/** `GET` and `PUT /admin/providers/{name}`. */
export const AdminProvider = z.strictObject({ ...described, settings: ProviderSettings });
export const AdminProviderList = z.strictObject({ object: z.literal("list"), data: z.array(AdminProvider) });

/** `GET` and `PUT /admin/routes/{name}`. */
export const AdminRoute = z.strictObject({ ...described, settings: RouteSettings });
export const AdminRouteList = z.strictObject({ object: z.literal("list"), data: z.array(AdminRoute) });

/** `GET` and `POST /admin/routes/{name}/override`. A route without one has version 0 and settings that name no target. */
export const AdminOverride = z.strictObject({ ...described, settings: RouteOverride });
export type AdminOverride = z.infer<typeof AdminOverride>;

/** `GET` and `PUT /admin/prices/{name}`: what callers are charged for the tokens of one of our pools; `null`: nothing. */
export const AdminPrice = z.strictObject({ ...described, settings: TokenPriceSettings.nullable() });
export type AdminPrice = z.infer<typeof AdminPrice>;
export const AdminPriceList = z.strictObject({ object: z.literal("list"), data: z.array(AdminPrice) });

/** `DELETE` of a provider, a route, an override or a price. */
export const AdminDeleted = z.strictObject({ name: z.string(), deleted: z.literal(true) });

/** One target from the view of the gateway that responds. */
export const AdminTarget = z.strictObject({
  id: z.string(),
  kind: z.enum(["pool", "provider"]),
  /** Whether a request could be sent there now. */
  available: z.boolean(),
  /** Of a provider's model: requests to the whole provider. */
  inFlight: z.int(),
  /** Most requests of this gateway at the whole provider: as its settings have it, and now, after it refused some for want of capacity. */
  maxInFlight: z.int().optional(),
  allowedInFlight: z.int().optional(),
  requests: z.int(),
  failures: z.int(),
  /** Average of the last times to the first byte; `null` before the first. */
  latencyMs: z.number().nullable(),
  /** Dollars of this month of the whole provider, and the month's cap. */
  spendUsd: z.number().optional(),
  monthlyCapUsd: z.number().nullable().optional(),
  healthCheck: z.enum(["ok", "failed", "unknown"]).optional(),
  upstreams: z.array(
    z.strictObject({
      id: z.string(),
      breaker: z.enum(["closed", "open", "half-open", "ramping"]),
      /** Failures among the requests of the last ten seconds. */
      errorRate: z.number(),
      /** Milliseconds until it gets a request again. */
      waitMs: z.int(),
    }),
  ),
  /** Public names of routes with this target. */
  routes: z.array(z.string()),
  /** Those of them whose first target it is by hand (`force`). */
  forced: z.array(z.string()),
  /** Those of them from which it gets no new requests by hand (`drain`). */
  drained: z.array(z.string()),
});
export type AdminTarget = z.infer<typeof AdminTarget>;
/** `GET /admin/targets`. */
export const AdminTargetList = z.strictObject({
  object: z.literal("list"),
  data: z.array(AdminTarget),
  /** Of every route that has one. */
  overrides: z.array(AdminOverride),
});

/** `POST /admin/providers/{name}/test`. */
export const AdminConnectionTest = z.strictObject({
  ok: z.boolean(),
  latencyMs: z.number(),
  status: z.int().optional(),
  /** Models that it lists. */
  models: z.array(z.string()).optional(),
  /** The problem, with its remedy. */
  problem: z.string().optional(),
  /** With `?model=NAME`: the model that got requests, and the result of each. */
  model: z.string().optional(),
  checks: z
    .array(
      z.strictObject({
        check: z.enum(["chat", "usage", "stream", "stream-usage", "tools", "embeddings", "moderations"]),
        ok: z.boolean(),
        problem: z.string().optional(),
      }),
    )
    .optional(),
});
