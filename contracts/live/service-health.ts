import * as z from "zod";

/** Milliseconds that this share of the requests did not exceed, within 2.5 %. */
export const HealthPercentiles = z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number() });
export type HealthPercentiles = z.infer<typeof HealthPercentiles>;

export const BreakerName = z.enum(["closed", "open", "half-open", "ramping"]);

/**
 * `ready`: takes requests. `starting`: has not passed a probe since it was found. `failed`: passed probes before, and does not
 * now. `leaving`: the target group takes it out of service; it ends what it has.
 */
export const EngineState = z.enum(["ready", "starting", "failed", "leaving"]);
export type EngineState = z.infer<typeof EngineState>;

/** One engine of a pool. Gateways differ for a moment: its state is the worst that one of them sees. */
export const EngineHealth = z.strictObject({
  /** Its instance and port; `load-balancer` where gateways can't list the engines. */
  id: z.string(),
  state: EngineState,
  breaker: BreakerName,
  /** Slots that requests of all gateways use. */
  slotsUsed: z.int(),
  /** `null` where it is not known how many engines stand behind the address. */
  slots: z.int().nullable(),
  /** Of its own page of metrics, the last time it was read; `null` where it has none. */
  running: z.number().nullable(),
  waiting: z.number().nullable(),
  /** From 0 to 1; the fullest of its caches where it has several. */
  kvCacheUsage: z.number().nullable(),
  /** The weights that it says it has. */
  weights: z.string().nullable(),
  /** Of its server, such as vLLM's; `null` where it does not say. */
  version: z.string().nullable(),
});
export type EngineHealth = z.infer<typeof EngineHealth>;

/** A public model name: a pool, or a route to pools and providers' models. */
export const ModelHealth = z.strictObject({
  model: z.string(),
  /** Requests that wait in gateways for a target of it, and how long the oldest has waited. */
  queued: z.int(),
  oldestQueuedSeconds: z.number(),
  /** Slots of its pool's ready engines that requests use, and that there are; 0 where it has no pool of its name. */
  slotsUsed: z.int(),
  slots: z.int(),
  engines: z.array(EngineHealth),
  /** Of the last `windowSeconds`; failures are those that are the service's fault. */
  requests: z.int(),
  failures: z.int(),
  /** From the request's head to the end of the response; `null` where there was none. */
  latencyMs: HealthPercentiles.nullable(),
  /** Of streams, to the first token. */
  firstTokenMs: HealthPercentiles.nullable(),
  /** The window in its parts, the oldest first; a part without requests is there too. */
  history: z.array(z.strictObject({ at: z.string(), requests: z.int(), failures: z.int() })),
});
export type ModelHealth = z.infer<typeof ModelHealth>;

/** One thread of a gateway, and what it runs. */
export const GatewayHealth = z.strictObject({
  id: z.string(),
  version: z.string(),
  /** First 12 digits of the SHA-256 of its configuration: two of the same digest have the same configuration. */
  configDigest: z.string(),
  startedAt: z.string(),
  inProgress: z.int(),
});
export type GatewayHealth = z.infer<typeof GatewayHealth>;

/** A target's breakers: the worst of its servers' in all gateways. */
export const TargetHealth = z.strictObject({
  id: z.string(),
  kind: z.enum(["pool", "provider"]),
  breaker: BreakerName,
  /** Since the gateways started. */
  requests: z.int(),
  failures: z.int(),
});
export type TargetHealth = z.infer<typeof TargetHealth>;

/** `GET /admin/health`. */
export const ServiceHealth = z.strictObject({
  object: z.literal("service_health"),
  at: z.string(),
  /** Whether all gateways were asked (they share a Valkey), or only the process that responds. */
  reach: z.enum(["all-gateways", "this-gateway"]),
  /** Whether all that were asked have responded in time. */
  isComplete: z.boolean(),
  /** Of the counts and times of models. */
  windowSeconds: z.int(),
  gateways: z.array(GatewayHealth),
  models: z.array(ModelHealth),
  targets: z.array(TargetHealth),
});
export type ServiceHealth = z.infer<typeof ServiceHealth>;
