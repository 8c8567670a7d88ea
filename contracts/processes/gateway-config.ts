import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { BatchSettings } from "../api/batches.ts";
import { KeylessLimits, LimitSetting } from "../limits/limit-settings.ts";
import { Markups } from "../limits/markup.ts";
import { ProviderConfig, RouteConfig } from "../targets/target-settings.ts";
import { TokenPriceSettings } from "../targets/token-prices.ts";
import { AccessTokenSettings } from "./access-tokens.ts";
import { AuthMode } from "./auth.ts";
import { QueueLimits } from "./queue-limits.ts";

const seconds = z.number().gt(0).max(900);

/** Time limits of one route, in seconds. */
export const RouteTimeouts = z.strictObject({
  /** No first byte from the engine within this: 504. For a streamed response. */
  firstByteSeconds: seconds,
  /** No complete response within this: 504. For a response that is not streamed. */
  totalSeconds: seconds,
  /** A longer pause in the middle of a stream ends it with an error event. */
  idleSeconds: seconds,
});
export type RouteTimeouts = z.infer<typeof RouteTimeouts>;

/** Settings of the response cache; see `docs/caching.md`. */
export const CacheSettings = z.strictObject({
  /**
   * Whether embeddings and completions at temperature 0 are cached without being asked for; otherwise only requests that
   * ask for it are (`x-sluice-cache: on`, or a `max-age`). @default true
   */
  automatic: z.boolean().optional(),
  /** Time to live of a cached response; at most a week. */
  ttlSeconds: z.int().min(1).max(604_800),
  /** Exceptions by route, e.g. `"/v1/embeddings"`. */
  routeTtlSeconds: z.record(z.string(), z.int().min(1).max(604_800)),
  /** Memory of one gateway process for cached responses. */
  memoryMiB: z.int().min(1).max(16_384),
  /** Finds cached prompts with the same meaning; `null` for equal requests only. */
  semantic: z
    .strictObject({
      /** Public name of the model for `/v1/embeddings`. */
      embeddingModel: z.string(),
      /** Cosine above which two prompts count as equal; `docs/caching.md` has the error rates of each value. */
      threshold: z.number().min(0.5).max(1),
      /** Prompts stored by one gateway process; a search through 10,000 of them blocks the thread for some 3 ms. */
      maxEntries: z.int().min(1).max(10_000),
    })
    .nullable(),
});
export type CacheSettings = DeepReadonly<z.infer<typeof CacheSettings>>;

/** The configuration of a gateway process: one line of JSON in `SLUICE_CONFIG`. */
export const GatewayConfig = z.strictObject({
  environment: z.string(),
  /** The API Gateway stage: private integrations prepend `/<stage>` to the path; the gateway removes it. */
  stage: z.string(),
  auth: AuthMode,
  /** Whether the deployment has the control API, whose operations its reference then has. @default false */
  controlApi: z.boolean().optional(),
  /** Whether streams and WebSockets that run when their key is revoked end with it. @default false */
  endStreamsOnRevoke: z.boolean().optional(),
  /** DynamoDB table of API keys. */
  keysTable: z.string(),
  /** Tokens that are valid in place of keys, and the table with users and projects. @default - none is valid */
  accessTokens: z.strictObject({ ...AccessTokenSettings.shape, controlTable: z.string().optional() }).optional(),
  /** Id of the organisation, whose limits count for all keys. @default "default" */
  organization: z.string().optional(),
  /** Table of stored responses, except those with `store: false`, and their time to live. @default - they are not stored */
  responseStorage: z.strictObject({ table: z.string(), ttlSeconds: z.int().min(60) }).optional(),
  /** Table of used quotas and of sums of usage. @default - quotas are not counted beyond one gateway */
  usageTable: z.string().optional(),
  /** What becomes of requests under a quota of requests or tokens while that table can't be reached. @default refuse */
  whenUsageTableIsGone: z.enum(["refuse", "allow"]).optional(),
  /** Where usage events are written, and the seconds of events in one file. @default - there are none */
  usageFiles: z.strictObject({ bucket: z.string(), fileSeconds: z.int().min(1).max(900) }).optional(),
  /** What callers are charged beside prices. @default - prices as they are */
  markups: Markups.optional(),
  /** Tables of the history of generations and of its data keys, and the days for which one is stored. @default - there is none */
  history: z.strictObject({ table: z.string(), keysTable: z.string(), retentionDays: z.int().min(1) }).optional(),
  /** Exact limit of one gateway per client address, on `/v1/*`; the WAF rule enforces the same for the fleet. */
  requestsPerMinutePerIp: z.int().min(1),
  /** The limit of requests that have something of the form of a key. @default - the same */
  requestsPerMinutePerIpWithKey: z.int().min(1).optional(),
  /** What callers without a key may use beside. @default - anything */
  keylessLimits: KeylessLimits.optional(),
  /** Limits of tiers by name. @default - there are none */
  tiers: z.record(z.string(), z.array(LimitSetting)).optional(),
  /** Ranges of addresses without that limit. @default - none */
  trustedAddresses: z.array(z.string()).optional(),
  bodyLimitBytes: z.int().min(1024),
  /** `["*"]`, or the origins of pages that may call the API. */
  corsOrigins: z.array(z.string()).min(1),
  timeouts: RouteTimeouts,
  /** Exceptions by route, e.g. `"/v1/chat/completions"`. */
  routeTimeouts: z.record(z.string(), RouteTimeouts.partial()),
  /** Limits of the queue. */
  queue: QueueLimits,
  /** Source of the client's address: API Gateway's header, or the last hop of `x-forwarded-for`. @default - API Gateway */
  clientAddressFrom: z.enum(["api-gateway", "load-balancer"]).optional(),
  /** Longest wait for open requests after SIGTERM. */
  drainSeconds: seconds,
  /** Threads that serve, each a whole gateway on the same port. */
  threads: z.union([z.literal("per-core"), z.int().min(1).max(64)]),
  /** The engine listener of the load balancer, e.g. `http://internal-…:8000`: used when discovery fails. */
  engineListenerUrl: z.string(),
  /** Seconds between two looks at a model's target group, by all threads of an instance together. @default 3 */
  discoverySeconds: seconds.default(3),
  /** `null`: no response is cached. */
  cache: CacheSettings.nullable(),
  /** The gateways' shared store, `redis://` or `rediss://`; `null`: each has only its own memory. */
  valkeyUrl: z.string().nullable(),
  /** Gateways that may run at once: each grants its share of a limit while the shared store is not there. @default 1 */
  gateways: z.int().min(1).optional(),
  /** Files and batches; `null` where there are none. */
  batches: BatchSettings.nullable(),
  models: z
    .array(
      z.strictObject({
        /** Public name, as in `model` of a request. */
        id: z.string(),
        /** Version of the weights: cached responses of another version are not used. */
        revision: z.string(),
        /** Context in tokens, from the catalogue. A smaller one reported by the engine wins. */
        contextTokens: z.int().min(1),
        /** Target group in which the pool's engines are registered. */
        targetGroupArn: z.string(),
        /** `Host` that selects the pool on the engine listener. */
        engineHost: z.string(),
        /** Requests that one engine may hold at once (running and waiting); the next one waits in the gateway's queue. */
        maxRequestsPerEngine: z.int().min(1),
        /** Copies of the model behind each address of the target group, each an engine of its own. @default 1 */
        replicasPerInstance: z.int().min(1).optional(),
        /** Whether its engines read tool calls; where not, a request with tools is refused. @default true */
        callsTools: z.boolean().optional(),
        /** Whether the model reads images. @default false */
        seesImages: z.boolean().optional(),
        /** Whether `reasoning_effort` chooses how long the model thinks. @default false */
        takesReasoningEffort: z.boolean().optional(),
        /** Price of its tokens. @default - none */
        price: TokenPriceSettings.optional(),
      }),
    )
    .min(1),
  /** External providers. */
  providers: z.array(ProviderConfig),
  /** Public names beside the pools' own, which are routes by themselves. */
  routes: z.array(RouteConfig),
  /** DynamoDB table of changes at run time; `null`: changes are not possible. */
  routesTable: z.string().nullable(),
});
export type GatewayConfig = DeepReadonly<z.infer<typeof GatewayConfig>>;
